import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Session } from "../session/session.ts";
import type { SavedSession } from "../session/session-outcome.ts";
import { type HttpEvent, isVersion1 } from "./http-event.ts";
import { ResponseHeaders } from "./response-headers.ts";

/** The result of a handler: a response, or any other value, which becomes a JSON body. */
export type HandlerResult = APIGatewayProxyStructuredResultV2 | APIGatewayProxyResult | JsonResult;

/** A result without a `statusCode`. */
export type JsonResult = string | number | boolean | null | undefined | object;

/** A response for API Gateway: with `cookies` for payload 2.0, with `multiValueHeaders` for 1.0. */
export type HttpResult = APIGatewayProxyStructuredResultV2 & { multiValueHeaders?: Record<string, Values> };

type Values = (string | number | boolean)[];

/** Headers with one value each. */
export type Headers = Record<string, string | number | boolean>;

/**
 * Completes a handler's result. A result without `statusCode` becomes a 200 with `application/json`, whose
 * body is the string itself or the value as JSON, as API Gateway does for payload format 2.0.
 *
 * @throws TypeError for a `statusCode` that is no integer, and for a function or a symbol
 */
export function toHttpResult(result: HandlerResult): HttpResult {
  if (isResponse(result)) return result;
  const body = typeof result === "string" ? result : JSON.stringify(result ?? null);
  if (body === undefined) throw new TypeError(`a handler cannot return a ${typeof result}`);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

/**
 * Throws for a `statusCode` that is no integer, because API Gateway would send the result and its cookie as a
 * body.
 */
function isResponse(result: HandlerResult): result is HttpResult {
  if (typeof result !== "object" || !result || !("statusCode" in result)) return false;
  if (Number.isInteger(result.statusCode)) return true;
  throw new TypeError("statusCode must be an integer");
}

/** Returns a response in plain text. */
export function textResult(statusCode: number, text: string, headers: Headers): HttpResult {
  return { statusCode, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: text };
}

/**
 * Adds the session's headers to a response: Set-Cookie, `Vary: Cookie`, and Cache-Control unless the handler
 * set it: `no-store` with a cookie (OWASP, session management), otherwise `private, no-cache`.
 *
 * A response that shared caches may store gets no cookie that only refreshes the session, because they would
 * send it to every visitor. If the handler changed the session, the response becomes private instead.
 *
 * @param session the session of the request; by default a changed one
 */
export function addSession(
  event: HttpEvent,
  result: HttpResult,
  saved: SavedSession,
  session: Pick<Session, "modified"> = { modified: true },
): HttpResult {
  const isUnused = !saved.vary && !saved.setCookie;
  if (isUnused && !isVersion1(event)) return result;
  const headers = new ResponseHeaders(event, result);
  if (isUnused) return headers.toResult([]);
  const sharing = saved.setCookie ? CACHE_HEADERS.filter((name) => isShareable(headers.get(name))) : [];
  const setCookie = sharing.length === 0 || session.modified ? saved.setCookie : undefined;
  const vary = headers.get("vary") ?? "";
  if (saved.vary && !/(^|,)\s*(cookie|\*)\s*(,|$)/i.test(vary))
    headers.set("vary", vary ? `${vary}, Cookie` : "Cookie");
  if (setCookie)
    for (const name of sharing)
      headers.set(name, name === "cache-control" ? toPrivate(headers.get(name)) : "no-store");
  if (headers.get("cache-control") === undefined)
    headers.set("cache-control", setCookie ? "no-store" : "private, no-cache");
  return headers.toResult(setCookie ? [...(saved.deletions ?? []), setCookie] : []);
}

/**
 * The headers by which caches decide (RFC 9111, RFC 9213). All but the first are for content delivery
 * networks.
 */
const CACHE_HEADERS = [
  "cache-control",
  "cdn-cache-control",
  "cloudflare-cdn-cache-control",
  "surrogate-control",
];

/**
 * Returns whether shared caches may store a response with this value, also by its `max-age` alone. `private`
 * and `no-cache` with names of headers do not apply to the whole response.
 */
function isShareable(value: string | undefined): boolean {
  if (value === undefined) return false;
  return /\b(public|s-maxage)\b/i.test(value) || !/\b(private|no-store|no-cache)\b(?!\s*=)/i.test(value);
}

function toPrivate(value = ""): string {
  const others = value.replace(/\b(public|private|s-maxage)\b(\s*=\s*("[^"]*"|[^,]*))?/gi, "");
  const kept = others.split(",").map((directive) => directive.trim());
  return ["private", ...kept.filter((directive) => directive !== "")].join(", ");
}
