import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * The path of a request's URL as HTTP APIs hand it on, undefined when an escape is malformed (answered with
 * 400).
 *
 * Seen on AWS: decoded twice, and cut at a question mark that the first decoding brought forth.
 */
export function decodedPath(url: string): string | undefined {
  try {
    const [once = ""] = decodeURIComponent(splitUrl(url).path).split("?");
    return decodeURIComponent(once);
  } catch {
    return undefined;
  }
}

/** A request's URL in two parts; the form with a host, which proxies send, loses it. */
export function splitUrl(url: string): { readonly path: string; readonly queryString: string } {
  const relative = url.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = relative.indexOf("?");
  if (mark < 0) return { path: relative, queryString: "" };
  return { path: relative.slice(0, mark), queryString: relative.slice(mark + 1) };
}

/** Returns the address that a request comes from; an IPv4 address in its own form. */
export function sourceIpOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
}

/** Headers of one connection only: API Gateway does not hand them on. */
const HOP_BY_HOP = [
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
];

/** The headers that reach a function: those of the request and those that API Gateway adds. */
export function gatewayHeaders(request: IncomingMessage, bodyLength: number): Map<string, readonly string[]> {
  const headers = new Map<string, readonly string[]>();
  for (const [name, values = []] of Object.entries(request.headersDistinct))
    if (!HOP_BY_HOP.includes(name)) headers.set(name, values);
  headers.set("content-length", [String(bodyLength)]);
  headers.set("x-amzn-trace-id", [`Root=${traceId()}`]);
  headers.set("x-forwarded-for", [...(headers.get("x-forwarded-for") ?? []), sourceIpOf(request)]);
  headers.set("x-forwarded-port", [String(request.socket.localPort)]);
  headers.set("x-forwarded-proto", ["http"]);
  return new Map([...headers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString("hex")}`;
}
