import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LocalRunError } from "./local-run-error.ts";

/** Server that only this machine can reach. */
export interface LoopbackServer {
  readonly port: number;
  /** Stops the server immediately, including running requests. */
  close(): Promise<void>;
}

/** Limit of HTTP APIs for the request line and all header values, in bytes. Node.js counts the names too. */
const MOST_HEADER_BYTES = 10_240;

/**
 * Listens on both addresses that browsers resolve `localhost` to, 127.0.0.1 and ::1. Node's own `listen(port,
 * "localhost")` listens on one of them only. Without IPv6, it listens on 127.0.0.1 alone.
 *
 * @param port 0 means any free port
 * @throws LocalRunError if the port is in use or not allowed
 */
export async function listenOnLoopback(port: number, listener: RequestListener): Promise<LoopbackServer> {
  const first = await listen(port, "127.0.0.1", listener);
  const servers = [first];
  const { port: chosen } = first.address() as AddressInfo;
  try {
    servers.push(await listen(chosen, "::1", listener));
  } catch (error) {
    if (error instanceof LocalRunError && port !== 0) {
      await closeAll(servers);
      throw error;
    }
  }
  return { port: chosen, close: () => closeAll(servers) };
}

/**
 * Returns whether a Host header names this machine. Another name means that a page has rebound its own name
 * to this machine (DNS rebinding); it must not reach a developer's server.
 */
export function isLoopbackHost(host = ""): boolean {
  return /^(([\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}

async function listen(port: number, host: string, listener: RequestListener): Promise<Server> {
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES }, listener);
  try {
    server.listen(port, host);
    await once(server, "listening");
    return server;
  } catch (error) {
    throw translateError(error as NodeJS.ErrnoException, port);
  }
}

function translateError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new LocalRunError(
      `Port ${port} is in use. Choose another one, such as PORT=${port + 1} npm start.`,
    );
  if (error.code === "EACCES")
    return new LocalRunError(
      `Port ${port} is not allowed. Choose one above 1023, such as PORT=3000 npm start.`,
    );
  return error;
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    }),
  );
}
