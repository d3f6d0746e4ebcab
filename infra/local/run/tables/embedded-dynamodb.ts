import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { createRequire, Module } from "node:module";
import type { AddressInfo } from "node:net";
import { relative } from "node:path";
import type { DynaliteOptions } from "dynalite";
import { LocalRunError } from "../local-run-error.ts";
import { isLoopbackHost } from "../loopback-server.ts";

/** A DynamoDB in this process. */
export interface EmbeddedDynamoDB {
  /** Its address, on this machine only, such as `http://127.0.0.1:49152`. */
  readonly endpoint: string;
  /** Whether the folder keeps the data; without a build of LevelDB for this machine, it is in memory. */
  readonly keepsData: boolean;
  /** Stops it at once and closes the data. A second call does nothing more. */
  close(): Promise<void>;
}

/**
 * Starts a DynamoDB whose data is in a folder, on any free port. It is dynalite, which is loaded by this call
 * only.
 *
 * @throws LocalRunError when another process uses the folder, or what is in it cannot be read
 */
export async function startEmbeddedDynamoDB(folder: string): Promise<EmbeddedDynamoDB> {
  const keepsData = await openOnce(folder);
  const dynalite = requireHere("dynalite") as (options: DynaliteOptions) => Server;
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

/** The part of dynalite's dependency `level` that it uses: LevelDB. */
interface LevelModule {
  readonly Level?: new (folder: string) => { open(): Promise<void>; close(): Promise<void> };
}

const requireHere = createRequire(import.meta.url);

/**
 * Opens the folder's data and closes it again: dynalite would meet a failure at its first call only, and
 * throw it outside of any request. Says whether there is a LevelDB for this machine.
 */
async function openOnce(folder: string): Promise<boolean> {
  const { Level } = loadLevel();
  if (!Level) return false;
  const data = new Level(folder);
  try {
    await data.open();
  } catch (error) {
    throw translated((error as Error).cause, folder);
  }
  await data.close();
  return true;
}

/**
 * dynalite's own LevelDB. Where it has no build, an empty module takes its place, with which dynalite can do
 * in memory.
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

function translated(cause: unknown, folder: string): LocalRunError {
  const { code, message } = cause as { code?: string; message?: string };
  if (code === "LEVEL_LOCKED")
    return new LocalRunError(`${relative("", folder)} is in use by another local run. Stop that one first.`);
  const problem = `${relative("", folder)} cannot be read as the tables' data: ${message}.`;
  return new LocalRunError(`${problem} Delete it to begin anew.`, { cause });
}

/** Answers programs on this machine, and no page of a browser, to which dynalite would grant everything. */
function guard(server: Server): void {
  const [answer] = server.listeners("request") as RequestListener[];
  server.removeAllListeners("request").on("request", (request, response) => {
    const { host, origin } = request.headers;
    if (origin !== undefined || !isLoopbackHost(host)) return void response.writeHead(403).end();
    answer?.(request, response);
    // dynalite throws when a client goes away while it sends, which would end the local run.
    request.removeAllListeners("error").on("error", () => {});
  });
}

async function close(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close((error) => (error ? closed.reject(error) : closed.resolve()));
  server.closeAllConnections();
  await closed.promise;
}
