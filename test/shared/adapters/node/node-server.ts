import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { WireRequest, WireResponse } from "lambda-sessions/gateway";

/** Listener of a server of Node, such as an Express application. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Server on a free port of the loopback interface. */
export interface NodeServer {
  readonly port: number;
  /** Sends a request over HTTP. Default: GET / without headers. */
  send(request?: Partial<WireRequest>): Promise<WireResponse>;
  close(): Promise<void>;
}

/** Starts a server. */
export async function serve(listener: Listener): Promise<NodeServer> {
  // Without Node's time limits for requests: a hundred thousand of them at once take a busy machine longer.
  const server = createServer({ headersTimeout: 0, requestTimeout: 0 }, listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { port, send: (request) => sendTo(port, request), close };
}

/** Sends a request to a port of the loopback interface, with every header line apart as it is given. */
export async function sendTo(port: number, wire: Partial<WireRequest> = {}): Promise<WireResponse> {
  const { method = "GET", path = "/", queryString = "", headers = [], body = Buffer.alloc(0) } = wire;
  const lines = headers.flat();
  const host = headers.some(([name]) => name.toLowerCase() === "host") ? [] : ["host", "app.example.com"];
  const length = body.length === 0 ? [] : ["content-length", `${body.length}`];
  const sent = request({
    port,
    host: "127.0.0.1",
    method,
    path: queryString === "" ? path : `${path}?${queryString}`,
    headers: [...host, ...lines, ...length] as never,
    agent: false,
  });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const content = await buffer(response);
  const { rawHeaders, statusCode = 0 } = response;
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return {
    statusCode,
    headers: names.map((name, index) => [name, rawHeaders[2 * index + 1] ?? ""] as const),
    body: content,
  };
}
