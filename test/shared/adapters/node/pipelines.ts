import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** A request of one visitor, with the cookie that they have. */
export interface VisitorRequest {
  readonly path: string;
  readonly cookie?: string | undefined;
}

/** Response to a visitor. */
export interface VisitorResponse {
  readonly body: string;
  /** Pair of the session's cookie. */
  readonly cookie: string | undefined;
}

/** Connections over which the requests are pipelined. */
const CONNECTIONS = 50;

/**
 * Sends all requests without waiting for a response, so that a server which does not respond yet has all of
 * them at once. Resolves to the responses in the order of the requests.
 */
export async function sendAtOnce(
  port: number,
  requests: readonly VisitorRequest[],
): Promise<VisitorResponse[]> {
  const size = Math.ceil(requests.length / CONNECTIONS);
  const starts = Array.from({ length: CONNECTIONS }, (_, index) => index * size);
  const parts = starts.map((start) => pipeline(port, requests.slice(start, start + size)));
  return (await Promise.all(parts)).flat();
}

async function pipeline(port: number, requests: readonly VisitorRequest[]): Promise<VisitorResponse[]> {
  if (requests.length === 0) return [];
  const socket = connect(port, "127.0.0.1");
  for (const [index, request] of requests.entries()) {
    const isLast = index === requests.length - 1;
    socket.write(toText(request, isLast ? ["connection: close"] : []));
  }
  const answers = (await text(socket)).split(/^HTTP\/1\.1 200 OK\r\n/m).slice(1);
  return answers.map((answer) => {
    const [head = "", chunks = ""] = answer.split("\r\n\r\n");
    // Every second line is the length of the next chunk.
    const body = chunks
      .split("\r\n")
      .filter((_, index) => index % 2 === 1)
      .join("");
    return { body, cookie: /^set-cookie: ([^;]+)/im.exec(head)?.[1] };
  });
}

function toText({ path, cookie }: VisitorRequest, headers: readonly string[]): string {
  const cookies = cookie ? [`cookie: ${cookie}`] : [];
  const lines = [`GET ${path} HTTP/1.1`, "host: app.example", ...cookies, ...headers];
  return `${lines.join("\r\n")}\r\n\r\n`;
}
