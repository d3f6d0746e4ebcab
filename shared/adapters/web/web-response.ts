import type { HttpResult } from "../../lambda/http-result.ts";
import { ONE_COOKIE } from "../one-cookie.ts";

// Node loads the classes of the Fetch Standard at their first use, which takes most of the time of a first
// request. So they are loaded while the function starts, when Lambda gives it more CPU.
new Headers();

/** Converts a result of payload 2.0 to a response. */
export function toWebResponse(result: HttpResult): Response {
  const { statusCode: status = 200, headers = {}, cookies = [], body, isBase64Encoded } = result;
  const own = [...Object.entries(headers), ...cookies.map((cookie) => ["set-cookie", cookie])];
  const bytes = isBase64Encoded ? Buffer.from(body ?? "", "base64") : body;
  // A body, even an empty one, is an error with the statuses 204 and 304.
  return new Response(bytes || null, { status, headers: own as [string, string][] });
}

/**
 * Returns a response as `SessionExchange.save` takes it: without the handler's cookies, and without a body,
 * so that a result with one is a refusal.
 */
export function toHeadResult({ status, headers }: Pick<Response, "status" | "headers">): HttpResult {
  const { "set-cookie": _cookie, ...others } = Object.fromEntries(headers);
  return { statusCode: status, headers: others };
}

/**
 * Adds the session's headers to those of a response: the ones that differ, and the cookies after the
 * handler's own. Sets nothing if the session was not used.
 *
 * @param sendsOneCookie whether the response has room for one cookie
 * @param own all headers of the response. Default: `headers`
 * @throws TypeError if the headers are immutable
 * @throws Error if the handler set a cookie where one cookie fits
 */
export function addSessionHeaders(
  headers: Headers,
  { headers: saved = {}, cookies = [] }: HttpResult,
  sendsOneCookie: boolean,
  own = headers,
): void {
  for (const [name, value] of Object.entries(saved))
    if (own.get(name) !== `${value}`) headers.set(name, `${value}`);
  if (sendsOneCookie && cookies[0] && own.has("set-cookie")) throw new Error(ONE_COOKIE);
  // All but the last one only delete old cookies of the name.
  for (const cookie of sendsOneCookie ? cookies.slice(-1) : cookies) headers.append("set-cookie", cookie);
}

/**
 * Returns a response with the session's headers: the same one, or a copy with its unread stream if its
 * headers are immutable.
 */
export function toSessionResponse(response: Response, saved: HttpResult, sendsOneCookie: boolean): Response {
  try {
    addSessionHeaders(response.headers, saved, sendsOneCookie);
    return response;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const copy = new Response(response.body, response);
    addSessionHeaders(copy.headers, saved, sendsOneCookie);
    return copy;
  }
}

/** Returns whether a value is a response, of this or another implementation. */
export function isResponse(value: unknown): value is Response {
  const { status, headers } = (value ?? {}) as Partial<Response>;
  return typeof status === "number" && typeof headers?.getSetCookie === "function";
}
