import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../bundling.ts";
import { LocalFunctions } from "./functions/local-functions.ts";
import { Gateway } from "./gateway/gateway.ts";
import { SECRET_KEYS_FILE } from "./keys/secret-keys-file.ts";
import { TurningSecretKeys } from "./keys/turning-secret-keys.ts";
import { DEFAULT_PORT } from "./local-settings.ts";
import { listenOnLoopback } from "./loopback-server.ts";
import { Output } from "./output.ts";
import { synthesize } from "./stack/synthesis.ts";
import { readOmissions, readRoutes, type Template } from "./stack/template.ts";
import { type LocalTables, startLocalTables } from "./tables/local-tables.ts";
import { readTables } from "./tables/stack-table.ts";

/** How the stack runs locally. Everything is optional. */
export interface LocalServerOptions {
  /** The folder with `cdk.json`. Default: this project. */
  readonly root?: string;
  /** CDK context, as `cdk -c NAME=VALUE` gives it. */
  readonly context?: Readonly<Record<string, string>>;
  /** A template to run. Default: the one that the CDK app synthesizes. */
  readonly template?: Template;
  /** Default: 3000; 0 means any free one. */
  readonly port?: number;
  /** Newest first. Default: those of `.local/secret-keys.json`, as they are at each event. */
  readonly secretKeys?: readonly string[];
  /** The folder that keeps the data of the stack's tables. Default: `.local/dynamodb`. */
  readonly data?: string;
  /** Further variables for every function, such as a local database's address. They win over the stack's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: the standard output. */
  readonly output?: Output;
}

/** A stack that runs. */
export interface LocalServer {
  /** Where it answers, such as `http://localhost:3000`. */
  readonly url: string;
  /** Stops the server and every function. */
  close(): Promise<void>;
}

/**
 * Runs the stack on this machine: an HTTP API on `localhost`, and its functions, rebuilt when their sources change.
 * It takes the port first, so that a port in use is told at once, and lets requests wait until the functions run.
 *
 * @throws LocalRunError for what the developer can mend.
 */
export async function startLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const gateway = Promise.withResolvers<Gateway>();
  const server = await listenOnLoopback(options.port ?? DEFAULT_PORT, async (request, response) => {
    await (await gateway.promise).handle(request, response);
  });
  try {
    const url = `http://localhost:${server.port}`;
    const { stop, ...running } = await runStack(url, options);
    gateway.resolve(running.gateway);
    return { url, close: async () => void (await Promise.all([server.close(), stop()])) };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function runStack(url: string, options: LocalServerOptions) {
  const {
    root = PROJECT_ROOT,
    context = {},
    output = new Output(process.stdout),
    environment = {},
    data = join(root, ".local/dynamodb"),
  } = options;
  const onWarning = (text: string) => output.noted(text);
  const template = options.template ?? (await synthesize({ root, context, onWarning }));
  const routes = readRoutes(template);
  const secretKeys = await secretKeysOf(options.secretKeys, join(root, SECRET_KEYS_FILE), output);
  const tables = await tablesOf(template, data);
  const outdir = await makeFolder(join(root, ".local"));
  const functions = new LocalFunctions({
    definitions: [...new Set(routes.map(({ target }) => target))],
    root,
    outdir,
    output,
    secretKeys,
    environment: { ...tables?.environment, ...environment },
  });
  await functions.start();
  output.started(url, routes, [...(tables ? [tables.note] : []), ...readOmissions(template)]);
  const stop = async () => {
    await functions.close();
    await tables?.close();
    await rm(outdir, { recursive: true, force: true });
  };
  return { gateway: new Gateway({ routes, functions, output }), stop };
}

/** What gives the keys of the moment. */
async function secretKeysOf(given: readonly string[] | undefined, file: string, output: Output) {
  if (given) return async () => given;
  const keys = new TurningSecretKeys(file, output);
  await keys.start();
  return () => keys.read();
}

/** The stack's tables; a stack without any has no database started for it. */
async function tablesOf(template: Template, folder: string): Promise<LocalTables | undefined> {
  const tables = readTables(template);
  return tables.length > 0 ? startLocalTables(tables, folder) : undefined;
}

async function makeFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, "bundles-"));
}
