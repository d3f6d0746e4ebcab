import { prefersJson } from "../../lambda/accept.ts";
import { htmlPage } from "../../lambda/html-page.ts";
import { type HttpEvent, headerValues } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { html } from "../../values/types/html.ts";
import { REFUSALS, type RefusalReason } from "../refusals.ts";

/** Reason phrases of the statuses of refusals (RFC 9110, section 15). */
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  409: "Conflict",
  413: "Content Too Large",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/**
 * Returns the response to a refused sign-in: a page with a sentence and a link that tries again, or problem
 * details (RFC 9457) for a client whose Accept header prefers JSON. It varies by Accept.
 *
 * @param retry the path of the link
 */
export function refusalPage(event: HttpEvent, reason: RefusalReason, retry: string): HttpResult {
  const [status, sentence] = REFUSALS[reason];
  const page = prefersJson(headerValues(event, "accept").join())
    ? problem(status, sentence)
    : htmlPage(
        status,
        "The sign-in did not succeed",
        html`<p>${sentence}</p>\n<p><a href="${retry}">Try again</a> or go to the <a href="/">home page</a>.</p>`,
      );
  const retryAfter = status === 503 && { "retry-after": "5" };
  return { ...page, headers: { ...page.headers, vary: "Accept", ...retryAfter } };
}

function problem(status: number, detail: string): HttpResult {
  return {
    statusCode: status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    body: JSON.stringify({ type: "about:blank", title: TITLES[status], status, detail }),
  };
}
