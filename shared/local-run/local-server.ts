import { join } from "node:path";
import { listenOnLoopback } from "../gateway/http-api/loopback-server.ts";
import type { CdkProject } from "./cdk-project.ts";
import { RotatingSecretKeys } from "./keys/rotating-secret-keys.ts";
import { SECRET_KEYS_FILE } from "./keys/secret-keys-file.ts";
import { toPortError } from "./local-run-error.ts";
import { DEFAULT_PORT } from "./local-settings.ts";
import { type LocalSignIn, startLocalSignIn } from "./local-sign-in.ts";
import { LocalStack } from "./local-stack.ts";
import { Output } from "./output.ts";
import { SynthesizedStack } from "./stack/synthesized-stack.ts";
import type { Template } from "./stack/template.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

/** Project of the local server, and options. */
export interface LocalServerOptions extends CdkProject {
  /** CDK context, like `cdk -c NAME=VALUE`. */
  readonly context?: Readonly<Record<string, string>>;
  /** Name of the stack, if several have an HTTP API. Default: the first of them, with a warning. */
  readonly stack?: string;
  /** Template to run. Default: the one that the CDK app synthesizes. */
  readonly template?: Template;
  /** Port to listen on. Default: 3000; 0 means any free port. */
  readonly port?: number;
  /** Secret keys, newest first. Default: those of `.local/secret-keys.json`, read before each event. */
  readonly secretKeys?: readonly string[];
  /** Folder for the data of the stack's tables. Default: `.local/dynamodb`. */
  readonly data?: string;
  /**
   * Further variables for every function, such as the address of a local database. They override the stack's.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** Output for the developer. Default: the standard output. */
  readonly output?: Output;
  /** Called after a source of the functions or of the stack was saved. */
  readonly onSave?: () => void;
  /** Ends a synthesis that is under way. */
  readonly signal?: AbortSignal;
}

/** Running stack. */
export interface LocalServer {
  /** Address of the server, such as `http://localhost:3000`. */
  readonly url: string;
  /** Stops the server and every function. */
  close(): Promise<void>;
}

/**
 * Runs the stack on this machine: an HTTP API on `localhost`, and its functions. Rebuilds functions and
 * synthesizes the stack again when their sources change. Opens the port first, so that a port in use is
 * reported immediately; requests wait until the functions run.
 *
 * @throws LocalRunError for a problem that the developer can solve
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const running = Promise.withResolvers<LocalStack>();
  const { port = DEFAULT_PORT, output = new Output(process.stdout) } = options;
  const server = await listenOnLoopback(
    port,
    async (request, response) => (await running.promise).api.handle(request, response),
    (statusCode, code) => output.printInvalidRequest(statusCode, code),
  ).catch((error) => {
    throw toPortError(error, port);
  });
  let signIn: LocalSignIn | undefined;
  try {
    const url = `http://localhost:${server.port}`;
    signIn = await startSignIn(server.port, output, options);
    const stack = await startStack(url, output, options, signIn);
    running.resolve(stack);
    return {
      url,
      close: async () => void (await Promise.all([server, stack, signIn].map((one) => one?.close()))),
    };
  } catch (error) {
    await Promise.all([server.close(), signIn?.close()]);
    throw error;
  }
}

/** Starts the provider of a stack with `signIn=oidc`. A given template names its own provider. */
async function startSignIn(
  port: number,
  output: Output,
  options: LocalServerOptions,
): Promise<LocalSignIn | undefined> {
  const { context = {}, template } = options;
  return template ? undefined : startLocalSignIn({ project: options, context, port, output });
}

async function startStack(
  url: string,
  output: Output,
  options: LocalServerOptions,
  signIn: LocalSignIn | undefined,
): Promise<LocalStack> {
  const { root, stack: name, onSave, signal } = options;
  const context = { ...options.context, ...signIn?.context };
  const { environment = {}, data = join(root, ".local/dynamodb") } = options;
  const secretKeys = await createKeyReader(options.secretKeys, join(root, SECRET_KEYS_FILE), output);
  // Outside the project, so that functions find neither its files nor its packages, as on Lambda.
  const outdir = makeTemporaryFolder("functions-");
  const stack = new LocalStack({
    project: options,
    outdir,
    data,
    environment,
    secretKeys,
    output,
    onSave,
    signIn,
  });
  const onTemplate = (template: Template) => stack.update(template);
  const source = options.template
    ? undefined
    : new SynthesizedStack({ root, context, ...(name && { stack: name }), output, onTemplate, onSave });
  signal?.addEventListener("abort", () => void source?.close(), { once: true });
  try {
    await stack.start(url, options.template ?? (await (source as SynthesizedStack).start()), source);
    return stack;
  } catch (error) {
    await source?.close();
    await stack.close();
    throw error;
  }
}

/** Returns a function that returns the current secret keys. */
async function createKeyReader(given: readonly string[] | undefined, file: string, output: Output) {
  if (given) return async () => given;
  const keys = new RotatingSecretKeys(file, output);
  await keys.start();
  return () => keys.read();
}
