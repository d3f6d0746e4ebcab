import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { LocalProvider, LocalProviderOptions } from "../local-provider/local-provider.ts";
import type { CdkProject } from "./cdk-project.ts";
import { LocalRunError, toFileError } from "./local-run-error.ts";
import type { Output } from "./output.ts";
import { readCdkConfiguration } from "./stack/cdk-app.ts";
import { functionsOf, type StackRoute } from "./stack/stack-routes.ts";

/** Provider of the sign-in on this machine, for a stack with `signIn=oidc`. */
export interface LocalSignIn {
  /** CDK context that connects the stack to the provider. */
  readonly context: Readonly<Record<string, string>>;
  /** Variables for every function, which override those of `.env.local`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Line with the provider's address and the file of its people. */
  readonly note: string;
  /** Stops the provider. */
  close(): Promise<void>;
}

/** Options of the provider of a local run. */
export interface LocalSignInOptions {
  readonly project: CdkProject;
  /** CDK context of the command line. It overrides that of `cdk.json`. */
  readonly context: Readonly<Record<string, string>>;
  /** Port of the local server, to which the provider sends its visitors back. */
  readonly port: number;
  readonly output: Output;
}

/** First port that is tried, and the number of ports. */
const [FIRST_PORT, PORTS] = [3001, 20];

/** Files that keep the signing keys and the port, so that a restart changes neither. */
const [KEYS_FILE, PORT_FILE] = [".local/local-provider-keys.json", ".local/local-provider-port"];

/**
 * Starts the local provider if the stack has `signIn=oidc` and its issuer is absent or `local`. It also takes
 * the place of Cognito's user pool, which exists on AWS only. Loads oidc-provider only then.
 *
 * @returns undefined if another provider signs visitors in, or none
 * @throws LocalRunError for a problem that the developer can solve
 */
export async function startLocalSignIn(options: LocalSignInOptions): Promise<LocalSignIn | undefined> {
  const { project, port } = options;
  const { root, people } = project;
  const { context: own } = await readCdkConfiguration(root);
  const { oidcIssuer = "local", cognito, ...context } = { ...own, ...options.context };
  if (context.signIn !== "oidc" || oidcIssuer !== "local") return undefined;
  const clientSecret = randomBytes(32).toString("base64url");
  const urls = ["localhost", "127.0.0.1", "[::1]"].map((host) => `http://${host}:${port}`);
  const backChannelLogoutUri = `${urls[0]}/sign-out/back-channel`;
  const client = { clientId: "local", clientSecret, origins: urls };
  const provider = await startProvider(root, {
    people: relative("", join(root, people)),
    clients: [{ ...client, ...(hasBackChannel(project, context) && { backChannelLogoutUri }) }],
    onProblem: createReporter(options.output),
  });
  const { issuer } = provider;
  const instead = String(cognito) === "true" ? ", in the place of Cognito" : "";
  return {
    context: { oidcIssuer: issuer, oidcClientId: "local", ...(instead && { cognito: "false" }) },
    environment: { OIDC_CLIENT_SECRET: clientSecret },
    note: `The local provider at ${issuer} signs visitors in${instead}. Its people are in ${people}.`,
    close: () => provider.close(),
  };
}

/** @throws LocalRunError for a setting with an invalid value */
function hasBackChannel(project: CdkProject, context: Readonly<Record<string, unknown>>): boolean {
  try {
    return project.hasBackChannelLogout(context);
  } catch (error) {
    throw new LocalRunError((error as Error).message, { cause: error });
  }
}

/** Returns a sentence if the sign-in needs a client secret that `.env.local` does not contain. */
export function describeMissingSecret(
  routes: readonly StackRoute[],
  variables: Readonly<Record<string, string>>,
): string | undefined {
  const issuer = functionsOf(routes)
    .map(({ environment }) => environment.OIDC_ISSUER)
    .find(Boolean);
  if (issuer === undefined || variables.OIDC_CLIENT_SECRET) return undefined;
  return `The client secret of ${issuer} is missing, so nobody can sign in. Add OIDC_CLIENT_SECRET=… to .env.local, or sign in at the local provider with npm start -- -c signIn=oidc -c oidcIssuer=local.`;
}

/** Starts the provider on the port of the previous run, or else on the first free one. */
async function startProvider(
  root: string,
  options: Omit<LocalProviderOptions, "keysFile" | "port">,
): Promise<LocalProvider> {
  const [keysFile, portFile] = [join(root, KEYS_FILE), join(root, PORT_FILE)];
  try {
    await mkdir(join(root, ".local"), { recursive: true });
    const kept = await readFile(portFile, "utf8").catch(() => "");
    const previous = /^\d{1,5}\s*$/.test(kept) && Number(kept) < 65_536 ? Number(kept) : 0;
    const others = Array.from({ length: PORTS }, (_, index) => FIRST_PORT + index);
    const { startLocalProvider } = await import("../local-provider/local-provider.ts");
    for (const port of previous ? [previous, ...others] : others) {
      const started = await startLocalProvider({ ...options, keysFile, port }).catch(ignorePortInUse);
      if (started && !previous) await writeFile(portFile, String(port));
      if (started) return started;
    }
  } catch (error) {
    if ((error as Error).name === "OptionError") throw new LocalRunError((error as Error).message);
    throw toFileError(error, join(root, ".local"));
  }
  const last = FIRST_PORT + PORTS - 1;
  throw new LocalRunError(`The local provider finds no free port from ${FIRST_PORT} to ${last}. Free one.`);
}

function ignorePortInUse(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "EADDRINUSE") throw error;
}

/** Returns a function that prints a sentence, unless it is that of the last call. */
function createReporter(output: Output): (sentence: string) => void {
  let last = "";
  return (sentence) => {
    if (sentence !== last) output.printNote(sentence);
    last = sentence;
  };
}
