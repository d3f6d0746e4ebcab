import { prefersJson } from "./accept.ts";
import { type HttpEvent, headerValues } from "./http-event.ts";
import type { Headers, HttpResult } from "./http-result.ts";
import { ResponseHeaders } from "./response-headers.ts";

/** The reason phrases of common statuses (RFC 9110, section 15). */
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  503: "Service Unavailable",
};

/**
 * Returns the response that refuses a request: problem details (RFC 9457) for a client whose Accept header
 * prefers JSON, the sentence in plain text for all others. It varies by Accept.
 *
 * @param detail a sentence for the visitor
 * @param headers further headers, with names in lower case
 */
export function refuse(
  event: HttpEvent,
  statusCode: number,
  detail: string,
  headers: Headers = {},
): HttpResult {
  const isJson = prefersJson(headerValues(event, "accept").join());
  const type = isJson ? "application/problem+json" : "text/plain; charset=utf-8";
  const problem = { type: "about:blank", title: TITLES[statusCode], status: statusCode, detail };
  const own = { "content-type": type, vary: "Accept", ...headers };
  const body = isJson ? JSON.stringify(problem) : `${detail}\n`;
  return new ResponseHeaders(event, { statusCode, headers: own, body }).toResult([]);
}
