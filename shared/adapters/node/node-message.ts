import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { toPlainEvent } from "../plain-event.ts";

/** A request of `node:http` or of the compatibility API of `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** A request of Node, or of a framework that has Node's as `raw`, as Fastify does. */
export type RequestLike = (NodeRequest | { readonly raw: NodeRequest }) & {
  /** The client's address by the framework's own rules, which may trust a proxy (Express, Fastify). */
  readonly ip?: string | undefined;
};

/** A response of `node:http` or of the compatibility API of `node:http2`. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** A response of Node, or of a framework that has Node's as `raw`. */
export type ResponseLike =
  | NodeResponse
  | {
      readonly raw: NodeResponse;
      getHeaders(): Record<string, number | string | string[] | undefined>;
      removeHeader(name: string): unknown;
    };

/** Returns Node's own request. */
export function nodeRequestOf(request: RequestLike): NodeRequest {
  return "raw" in request ? request.raw : request;
}

/** Returns Node's own response. HTTP/2 has the same methods with other types. */
export function nodeResponseOf(response: ResponseLike): ServerResponse {
  return ("raw" in response ? response.raw : response) as ServerResponse;
}

/**
 * Returns the event of a request. Its path is the one that the client sent, also where Express has shortened
 * `url` for a router. HTTP/2 names the host in `:authority`.
 */
export function toNodeEvent(request: RequestLike): APIGatewayProxyEventV2 {
  const message: NodeRequest & { readonly originalUrl?: string } = nodeRequestOf(request);
  const { method = "", headers, socket } = message;
  const [path = "", ...query] = toTarget(message.originalUrl ?? message.url ?? "").split("?");
  const entries = Object.entries(headers).map(([name, value]) => [name, value?.toString()]);
  const host = headers[":authority"] ?? headers.host;
  const cookies = [headers.cookie ?? []].flat();
  const plain = { method, path, cookies, address: request.ip ?? socket.remoteAddress };
  return toPlainEvent(plain, { ...Object.fromEntries(entries), host }, query.join("?"));
}

/**
 * Returns the path and query of a URL. A client may also send a whole URL, or `*` (RFC 9112, section 3.2).
 */
function toTarget(url: string): string {
  if (url.startsWith("/")) return url;
  const target = URL.parse(url, "http://any.invalid");
  return target ? target.pathname + target.search : "/";
}
