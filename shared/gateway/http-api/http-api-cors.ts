import type { IncomingMessage } from "node:http";
import type { HttpResponse } from "../http-response.ts";

/** CORS configuration of an HTTP API, as in the property `CorsConfiguration` of CloudFormation. */
export interface HttpApiCors {
  /** Origins, `*`, `https://*` or `http://*`. */
  readonly allowOrigins?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly allowCredentials?: boolean;
  /** Seconds that a browser may keep the response to a preflight request. */
  readonly maxAge?: number;
}

/**
 * Returns the response to an OPTIONS request that no route matches. It has CORS headers if the request is a
 * preflight request, with the headers `Origin` and `Access-Control-Request-Method`, of an allowed origin.
 *
 * AWS documents neither the status nor the response to other origins. 204 was observed there, also without
 * the two headers. The browser itself compares the method and the headers with the allowed ones.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function answerPreflight(request: IncomingMessage, cors: HttpApiCors): HttpResponse {
  return { statusCode: 204, headers: corsHeaders(request, cors), body: Buffer.alloc(0) };
}

/**
 * Replaces the CORS headers of an integration's response with the configured ones, also of a response to
 * OPTIONS.
 *
 * AWS documents this for responses of integrations only, so API Gateway's own errors, such as 404 and an
 * authorizer's 403, are returned unchanged: a script on another origin cannot rely on reading their status.
 * AWS documents no `Vary: Origin` either.
 */
export function replaceCorsHeaders(
  request: IncomingMessage,
  response: HttpResponse,
  cors: HttpApiCors,
): HttpResponse {
  if (response.fromGateway) return response;
  const others = response.headers.filter(([name]) => !name.startsWith("access-control-"));
  return { ...response, headers: [...others, ...corsHeaders(request, cors)] };
}

function corsHeaders({ method, headers }: IncomingMessage, cors: HttpApiCors): [string, string][] {
  const allowedOrigin = toAllowedOrigin(headers.origin, cors);
  const isPreflight = method === "OPTIONS";
  if (allowedOrigin === undefined) return [];
  if (isPreflight && headers["access-control-request-method"] === undefined) return [];
  const { allowCredentials, exposeHeaders, allowMethods, allowHeaders, maxAge } = cors;
  const values = {
    "access-control-allow-origin": allowedOrigin,
    "access-control-allow-credentials": allowCredentials ? "true" : "",
    "access-control-expose-headers": exposeHeaders?.join(","),
    "access-control-allow-methods": isPreflight ? allowMethods?.join(",") : "",
    "access-control-allow-headers": isPreflight ? allowHeaders?.join(",") : "",
    "access-control-max-age": isPreflight ? maxAge?.toString() : "",
  };
  return Object.entries(values).filter((entry): entry is [string, string] => !!entry[1]);
}

function toAllowedOrigin(origin: string | undefined, { allowOrigins = [] }: HttpApiCors): string | undefined {
  if (origin === undefined) return undefined;
  if (allowOrigins.includes("*")) return "*";
  const schemes = allowOrigins.filter((allowed) => allowed.endsWith("://*"));
  const isAllowed =
    allowOrigins.includes(origin) || schemes.some((scheme) => origin.startsWith(scheme.slice(0, -1)));
  return isAllowed ? origin : undefined;
}
