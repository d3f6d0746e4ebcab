import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { SavedSession } from "../session/session-outcome.ts";
import { type HttpEvent, isVersion1 } from "./http-event.ts";

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
  if (typeof result !== "object" || result === null || !("statusCode" in result)) return false;
  if (Number.isInteger(result.statusCode)) return true;
  throw new TypeError("the statusCode that a handler returns must be an integer");
}

/** Returns a response in plain text. */
export function textResult(statusCode: number, text: string, headers: Headers): HttpResult {
  return { statusCode, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: text };
}

/**
 * Adds the session's headers to a response: Set-Cookie, `Vary: Cookie`, and with a cookie `Cache-Control:
 * no-store` unless the handler set that header (OWASP, session management). The handler's own headers are
 * kept.
 */
export function addSession(event: HttpEvent, result: HttpResult, saved: SavedSession): HttpResult {
  if (!saved.vary && saved.setCookie === undefined) return result;
  return isVersion1(event) ? addToVersion1(result, saved) : addToVersion2(result, saved);
}

function addToVersion2(result: HttpResult, { setCookie, vary }: SavedSession): HttpResult {
  const headers = { ...result.headers };
  if (vary) addSingleVary(headers);
  if (setCookie === undefined) return { ...result, headers };
  if (!nameIn(headers, "cache-control")) headers["cache-control"] = "no-store";
  return { ...result, headers, cookies: [...(result.cookies ?? []), setCookie] };
}

function addToVersion1(result: HttpResult, { setCookie, vary }: SavedSession): HttpResult {
  const headers = { ...result.headers };
  const multiValueHeaders = { ...result.multiValueHeaders };
  if (vary) addVary(headers, multiValueHeaders);
  if (setCookie !== undefined) addCookie(headers, multiValueHeaders, setCookie);
  return { ...result, headers, multiValueHeaders };
}

/** Adds to the effective Vary header: a name in `multiValueHeaders` hides the same name in `headers`. */
function addVary(headers: Headers, repeated: Record<string, Values>): void {
  const name = nameIn(repeated, "vary");
  const values = name === undefined ? undefined : repeated[name];
  if (name === undefined || values === undefined) addSingleVary(headers);
  else if (!variesByCookie(values.join())) repeated[name] = [...values, "Cookie"];
}

function addSingleVary(headers: Headers): void {
  const name = nameIn(headers, "vary");
  if (name === undefined) headers.vary = "Cookie";
  else if (!variesByCookie(`${headers[name]}`)) headers[name] = `${headers[name]}, Cookie`;
}

function variesByCookie(vary: string): boolean {
  return /(^|,)\s*(cookie|\*)\s*(,|$)/i.test(vary);
}

/**
 * Adds a cookie to `multiValueHeaders`, and moves the handler's own cookie there, because it would be hidden.
 */
function addCookie(headers: Headers, repeated: Record<string, Values>, setCookie: string): void {
  const name = nameIn(repeated, "set-cookie") ?? "set-cookie";
  const single = nameIn(headers, "set-cookie");
  const own = single === undefined ? [] : [headers[single] as string];
  if (single !== undefined) delete headers[single];
  repeated[name] = [...own, ...(repeated[name] ?? []), setCookie];
  if (!nameIn(headers, "cache-control") && !nameIn(repeated, "cache-control"))
    headers["cache-control"] = "no-store";
}

function nameIn(headers: object, name: string): string | undefined {
  const entry = Object.entries(headers).find(
    ([key, value]) => key.toLowerCase() === name && value !== undefined,
  );
  return entry?.[0];
}
