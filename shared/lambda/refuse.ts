import { prefersJson } from "./accept.ts";
import { type HttpEvent, headerValues } from "./http-event.ts";
import { type Headers, type HttpResult, textResult } from "./http-result.ts";

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
  const ownHeaders = { vary: "Accept", ...headers };
  if (!prefersJson(headerValues(event, "accept").join()))
    return textResult(statusCode, `${detail}\n`, ownHeaders);
  return {
    statusCode,
    headers: { "content-type": "application/problem+json", ...ownHeaders },
    body: JSON.stringify({ type: "about:blank", title: TITLES[statusCode], status: statusCode, detail }),
  };
}
