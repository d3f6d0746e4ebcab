import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../bundling.ts";
import { SECRET_KEYS_FILE } from "./keys/secret-keys-file.ts";
import { TurningSecretKeys } from "./keys/turning-secret-keys.ts";
import { DEFAULT_PORT } from "./local-settings.ts";
import { LocalStack } from "./local-stack.ts";
import { listenOnLoopback } from "./loopback-server.ts";
import { Output } from "./output.ts";
import { SynthesizedStack } from "./stack/synthesized-stack.ts";
import type { Template } from "./stack/template.ts";

/** Options of the local server. Everything is optional. */
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
  /** Called after a source of the functions or of the stack was saved. */
  readonly onSave?: () => void;
}

/** A stack that runs. */
export interface LocalServer {
  /** Its address, such as `http://localhost:3000`. */
  readonly url: string;
  /** Stops the server and every function. */
  close(): Promise<void>;
}

/**
 * Runs the stack on this machine: an HTTP API on `localhost`, and its functions. Functions are rebuilt and
 * the stack is synthesized again when their sources change. It takes the port first, so that a port in use is
 * reported at once, and lets requests wait until the functions run.
 *
 * @throws LocalRunError for a problem that the developer can solve
 */
export async function startLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const running = Promise.withResolvers<LocalStack>();
  const server = await listenOnLoopback(options.port ?? DEFAULT_PORT, async (request, response) => {
    await (await running.promise).gateway.handle(request, response);
  });
  try {
    const url = `http://localhost:${server.port}`;
    const stack = await startStack(url, options);
    running.resolve(stack);
    return { url, close: async () => void (await Promise.all([server.close(), stack.close()])) };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function startStack(url: string, options: LocalServerOptions): Promise<LocalStack> {
  const { root = PROJECT_ROOT, context = {}, output = new Output(process.stdout), onSave } = options;
  const { environment = {}, data = join(root, ".local/dynamodb") } = options;
  const secretKeys = await secretKeysOf(options.secretKeys, join(root, SECRET_KEYS_FILE), output);
  const outdir = await makeFolder(join(root, ".local"));
  const stack = new LocalStack({ root, outdir, data, environment, secretKeys, output, onSave });
  const onTemplate = (template: Template) => stack.update(template);
  const source = options.template
    ? undefined
    : new SynthesizedStack({ root, context, output, onTemplate, onSave });
  try {
    await stack.start(url, options.template ?? (await (source as SynthesizedStack).start()), source);
    return stack;
  } catch (error) {
    await source?.close();
    await stack.close();
    throw error;
  }
}

/** Returns what reads the keys of the moment. */
async function secretKeysOf(given: readonly string[] | undefined, file: string, output: Output) {
  if (given) return async () => given;
  const keys = new TurningSecretKeys(file, output);
  await keys.start();
  return () => keys.read();
}

async function makeFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, "bundles-"));
}
