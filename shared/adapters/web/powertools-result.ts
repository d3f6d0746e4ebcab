import { type HttpEvent, isVersion1 } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { ONE_COOKIE, sendsOneCookie } from "../one-cookie.ts";

/**
 * Replaces the headers, which Powertools has cut at commas and spread over `headers` and `multiValueHeaders`.
 * A load balancer reads the one or the other.
 */
export function withHeaders(result: HttpResult, own: Headers, event: HttpEvent): HttpResult {
  const { multiValueHeaders: _cut, cookies: _cuts, ...rest } = result;
  const { "set-cookie": _last, ...headers } = Object.fromEntries(own);
  const cookies = own.getSetCookie();
  if (!isVersion1(event)) return { ...rest, headers, ...(cookies.length > 0 && { cookies }) };
  if (sendsOneCookie(event)) {
    if (cookies.length > 1) throw new Error(ONE_COOKIE);
    return { ...rest, headers: Object.fromEntries(own) };
  }
  const repeated = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  const all = { ...Object.fromEntries(repeated), ...(cookies.length > 0 && { "set-cookie": cookies }) };
  return { ...rest, headers: {}, multiValueHeaders: all };
}
