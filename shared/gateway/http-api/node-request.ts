import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { MOST_PAYLOAD_BYTES } from "./lambda-integration.ts";

/**
 * Returns the path of a request's URL as HTTP APIs pass it to functions, or undefined if an escape sequence
 * is malformed, which is answered with 400.
 *
 * Observed on AWS: the path is decoded twice, and cut at a question mark that the first decoding produced.
 */
export function decodePath(url: string): string | undefined {
  try {
    const [once = ""] = decodeURIComponent(splitUrl(url).path).split("?");
    return decodeURIComponent(once);
  } catch {
    return undefined;
  }
}

/** Splits a request's URL in two. Removes the host that proxies send in it. */
export function splitUrl(url: string): { readonly path: string; readonly queryString: string } {
  const relative = url.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = relative.indexOf("?");
  if (mark < 0) return { path: relative, queryString: "" };
  return { path: relative.slice(0, mark), queryString: relative.slice(mark + 1) };
}

/** Returns the client's address. An IPv4 address that is mapped to IPv6 is returned as IPv4. */
export function readSourceIp(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
}

/** Headers of a single connection, which API Gateway does not pass on. */
const HOP_BY_HOP = [
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
];

/** Returns the headers that a function receives: those of the request and those that API Gateway adds. */
export function toGatewayHeaders(
  request: IncomingMessage,
  bodyLength: number,
): Map<string, readonly string[]> {
  const headers = new Map<string, readonly string[]>();
  for (const [name, values = []] of Object.entries(request.headersDistinct))
    if (!HOP_BY_HOP.includes(name)) headers.set(name, values);
  headers.set("content-length", [String(bodyLength)]);
  headers.set("x-amzn-trace-id", [`Root=${createTraceId()}`]);
  headers.set("x-forwarded-for", [...(headers.get("x-forwarded-for") ?? []), readSourceIp(request)]);
  headers.set("x-forwarded-port", [String(request.socket.localPort)]);
  headers.set("x-forwarded-proto", ["http"]);
  return new Map([...headers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns a new id of a trace in X-Ray's format. */
export function createTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString("hex")}`;
}

/** Reads the body to its end, and returns undefined if it is longer than any event may be. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MOST_PAYLOAD_BYTES) chunks.push(chunk);
  }
  return length <= MOST_PAYLOAD_BYTES ? Buffer.concat(chunks) : undefined;
}
