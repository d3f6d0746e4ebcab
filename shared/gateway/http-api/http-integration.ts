import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { buffer } from "node:stream/consumers";
import type { GatewayRequest } from "../gateway-request.ts";
import { gatewayResponse, type HttpResponse } from "../http-response.ts";
import type { Integration } from "./lambda-integration.ts";
import { isLoopbackHost } from "./loopback-server.ts";
import { parseMappings } from "./parameter-mapping.ts";

/** Options of an integration with an HTTP service. */
export interface HttpIntegrationOptions {
  /** Address of the service, in which `{name}` is a variable of the route's path. */
  readonly url: string;
  /** Method of the request to the service. Default: `ANY`, which is that of the client. */
  readonly method?: string;
  /** Changes of the request, such as `overwrite:header.x-user-id`. Default: none. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Milliseconds that the API waits for the service. Default: 30,000, which is API Gateway's maximum. */
  readonly timeout?: number;
  /** Called with a sentence about a service that does not respond, for which the response is 503. */
  readonly onFailure?: ((problem: string) => void) | undefined;
}

/**
 * Headers that belong to the connection with the client, or that the connection with the service sets itself.
 */
const OWN_HEADERS = ["connection", "content-length", "host", "keep-alive", "transfer-encoding"];

/**
 * Returns an integration that sends the request to an HTTP service, and the service's response to the client.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-http.html
 * @throws TypeError for a mapping that this machine cannot evaluate
 */
export function httpIntegration(options: HttpIntegrationOptions): Integration {
  const { url, method = "ANY", parameters = {}, timeout = 30_000, onFailure } = options;
  const map = parseMappings(parameters);
  return async (request) => {
    const address = toAddress(url, request);
    const sent = { ...request, method: method === "ANY" ? request.method : method, headers: map(request) };
    try {
      return await send(address, sent, timeout);
    } catch (error) {
      onFailure?.(`${address.origin} does not respond: ${(error as Error).message}`);
      return gatewayResponse(503, "Service Unavailable");
    }
  };
}

/** Returns the address for a request: that of the service with the variables of the path and the query. */
function toAddress(url: string, { pathParameters = {}, queryString }: GatewayRequest): URL {
  const address = new URL(
    url.replace(/\{([^{}]+?)\+?\}/g, (_, name) => encodePath(pathParameters[name] ?? "")),
  );
  const queries = [address.search.slice(1), queryString].filter((query) => query !== "");
  address.search = queries.join("&");
  return address;
}

/** Encodes a variable of a path. The slashes of a greedy one stay, and its dots cannot leave the folder. */
function encodePath(value: string): string {
  const parts = value.split("/").map((part) => encodeURIComponent(part));
  return parts.filter((part) => !/^\.{1,2}$/.test(part)).join("/");
}

async function send(address: URL, request: GatewayRequest, timeout: number): Promise<HttpResponse> {
  const { method, body } = request;
  const start = address.protocol === "https:" ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = start(address, {
    method,
    headers: toHeaders(request),
    signal: AbortSignal.timeout(timeout),
    // A proxy of the environment reaches no service on this machine, and an agent of its own uses none.
    ...(isLoopbackHost(address.host) && { agent: false }),
  });
  outgoing.on("response", resolve).on("error", reject).end(body);
  const response = await promise;
  const { statusCode = 502, rawHeaders } = response;
  return { statusCode, headers: pairsOf(rawHeaders), body: await buffer(response) };
}

/**
 * Returns the headers of the request to the service. HTTP APIs add `Forwarded` and `Via` (observed there).
 */
function toHeaders({ headers, sourceIp, body, method }: GatewayRequest): Record<string, string | string[]> {
  const kept = [...headers].filter(
    ([name]) => !OWN_HEADERS.includes(name) && !name.startsWith("x-forwarded-"),
  );
  const host = headers.get("host")?.[0] ?? "localhost";
  const hasLength = body.length > 0 || !["GET", "HEAD", "OPTIONS"].includes(method);
  return {
    ...Object.fromEntries(kept.map(([name, values]) => [name, [...values]])),
    ...(hasLength && { "content-length": String(body.length) }),
    forwarded: `for=${sourceIp};host=${host};proto=http`,
    via: "HTTP/1.1 AmazonAPIGateway",
  };
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const names = raw.filter((_, index) => index % 2 === 0);
  const pairs = names.map((name, index): [string, string] => [name.toLowerCase(), raw[index * 2 + 1] ?? ""]);
  return pairs.filter(([name]) => !OWN_HEADERS.includes(name));
}
