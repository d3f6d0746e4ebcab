import { once } from "node:events";
import { createServer, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** Server that only this machine can reach. */
export interface LoopbackServer {
  readonly port: number;
  /** Stops the server immediately, including running requests. */
  close(): Promise<void>;
}

/** Called after a request that Node.js cannot parse was answered, with the code of the problem. */
export type OnInvalidRequest = (statusCode: number, code: string) => void;

/** Limit of HTTP APIs for the request line and all header values, in bytes. Node.js counts the names too. */
const MOST_HEADER_BYTES = 10_240;

/**
 * Listens on both addresses that browsers resolve `localhost` to, 127.0.0.1 and ::1. Node's own `listen(port,
 * "localhost")` listens on one of them only. Without IPv6, it listens on 127.0.0.1 alone.
 *
 * @param port 0 means any port that is free on both
 * @throws Error with Node's code, such as `EADDRINUSE`, if the port is in use or not allowed
 */
export async function listenOnLoopback(
  port: number,
  listener: RequestListener,
  onInvalid: OnInvalidRequest,
): Promise<LoopbackServer> {
  const first = await listen(port, "127.0.0.1", listener, onInvalid);
  const servers = [first];
  const { port: chosen } = first.address() as AddressInfo;
  try {
    servers.push(await listen(chosen, "::1", listener, onInvalid));
  } catch (error) {
    if (isPortProblem(error)) {
      await closeAll(servers);
      if (port !== 0) throw error;
      return listenOnLoopback(port, listener, onInvalid);
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

async function listen(
  port: number,
  host: string,
  listener: RequestListener,
  onInvalid: OnInvalidRequest,
): Promise<Server> {
  // Without these options and listeners, Node.js answers some requests itself, and no line is printed.
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, requireHostHeader: false }, listener);
  server.on("checkExpectation", listener);
  server.on("connect", (_request, socket) => rejectRequest(socket, "CONNECT", onInvalid));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) =>
    rejectRequest(socket, error.code ?? "unknown", onInvalid),
  );
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

/** Status codes for errors of Node's parser. Any other error is 400, as Node answers it. */
const INVALID_STATUS: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** Milliseconds that a client has to close its connection after such a response. */
const LINGER = 5000;

/**
 * Answers a request that Node.js cannot parse. Reads the rest of what the client sends, because closing a
 * connection with unread bytes discards the response.
 */
function rejectRequest(socket: Duplex, code: string, onInvalid: OnInvalidRequest): void {
  // Node.js leaves the socket of a CONNECT without a listener. A reset would end the process.
  socket.on("error", () => socket.destroy());
  if (!socket.writable) return;
  const status = INVALID_STATUS[code] ?? 400;
  const body = JSON.stringify({ message: STATUS_CODES[status] });
  const headers = ["Connection: close", "Content-Type: application/json", `Content-Length: ${body.length}`];
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers, "", body].join("\r\n"));
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER).unref();
  onInvalid(status, code);
}

/** Returns whether a port is in use or not allowed, unlike an address that this machine does not have. */
function isPortProblem(error: unknown): boolean {
  return ["EADDRINUSE", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "");
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
