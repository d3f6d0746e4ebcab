import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { createRequire, Module } from "node:module";
import type { AddressInfo } from "node:net";
import { relative } from "node:path";
import { isLoopbackHost } from "../../gateway/http-api/loopback-server.ts";
import { LocalRunError, toFileError } from "../local-run-error.ts";

/** DynamoDB in this process. */
export interface EmbeddedDynamoDB {
  /** Address, on this machine only, such as `http://127.0.0.1:49152`. */
  readonly endpoint: string;
  /**
   * True if the folder keeps the data. False if LevelDB has no build for this machine, and the data is in
   * memory.
   */
  readonly keepsData: boolean;
  /** Stops the server immediately and closes the data. A second call has no effect. */
  close(): Promise<void>;
}

/**
 * Starts a DynamoDB on any free port, with its data in a folder. Loads dynalite, which only this call needs.
 *
 * @throws LocalRunError if another process uses the folder, or its content cannot be read
 */
export async function startEmbeddedDynamoDB(folder: string): Promise<EmbeddedDynamoDB> {
  const keepsData = await testOpening(folder);
  const dynalite = requireHere("dynalite") as Dynalite;
  const server = dynalite({ ...(keepsData && { path: folder }), createTableMs: 0 });
  guard(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    keepsData,
    close() {
      closed ??= close(server);
      return closed;
    },
  };
}

/**
 * dynalite, a DynamoDB on LevelDB (https://github.com/architect/dynalite), with the options that are used.
 * Closing its server closes its data.
 */
type Dynalite = (options: { readonly path?: string; readonly createTableMs: number }) => Server;

/** Part of dynalite's dependency `level` that is used here: LevelDB. */
interface LevelModule {
  readonly Level?: new (folder: string) => { open(): Promise<void>; close(): Promise<void> };
}

const requireHere = createRequire(import.meta.url);

/**
 * Opens the folder's data and closes it again, because dynalite would only fail at its first call, with an
 * error outside any request. Returns whether LevelDB has a build for this machine.
 */
async function testOpening(folder: string): Promise<boolean> {
  const { Level } = loadLevel();
  if (!Level) return false;
  const data = new Level(folder);
  try {
    await data.open();
  } catch (error) {
    throw translateError((error as Error).cause ?? error, folder);
  }
  await data.close();
  return true;
}

/**
 * Loads dynalite's own LevelDB. If it has no build for this machine, replaces it by an empty module, with
 * which dynalite uses memory.
 */
function loadLevel(): LevelModule {
  const requireThere = createRequire(requireHere.resolve("dynalite"));
  try {
    return requireThere("level") as LevelModule;
  } catch {
    const file = requireThere.resolve("level");
    requireThere.cache[file] = Object.assign(new Module(file), { exports: {}, loaded: true });
    return {};
  }
}

function translateError(cause: unknown, folder: string): unknown {
  const { code, message } = cause as { code?: string; message?: string };
  if (code === "LEVEL_LOCKED")
    return new LocalRunError(`${relative("", folder)} is in use by another local run. Stop that run first.`);
  const fileError = toFileError(cause, relative("", folder));
  if (fileError instanceof LocalRunError) return fileError;
  const problem = `${relative("", folder)} cannot be read as the tables' data: ${message}.`;
  return new LocalRunError(`${problem} Delete it to start with empty tables.`, { cause });
}

/**
 * Rejects requests of pages in browsers, because dynalite would grant them everything. Other programs on this
 * machine are answered.
 */
function guard(server: Server): void {
  const [answer] = server.listeners("request") as RequestListener[];
  server.removeAllListeners("request").on("request", (request, response) => {
    const { host, origin } = request.headers;
    // The response waits for the whole body: closing a connection with unread bytes discards the response.
    if (origin !== undefined || !isLoopbackHost(host))
      return void request.resume().once("end", () => response.writeHead(403).end());
    answer?.(request, response);
    // dynalite throws when a client disconnects while it sends, which would end the local run.
    request.removeAllListeners("error").on("error", () => {});
  });
}

async function close(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close((error) => (error ? closed.reject(error) : closed.resolve()));
  server.closeAllConnections();
  await closed.promise;
}
