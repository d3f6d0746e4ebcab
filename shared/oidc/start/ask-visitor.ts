import { htmlPage } from "../../lambda/html-page.ts";
import type { HttpRequest } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { html } from "../../values/types/html.ts";
import { type SignInRequest, signInPath } from "./sign-in-request.ts";

/**
 * Returns whether another site has sent the browser here without an action of the visitor, such as by a
 * script (Fetch Metadata Request Headers, sections 2.3 and 2.4). A browser that does not send
 * `Sec-Fetch-User` counts as sent without one.
 */
export function isUnasked(request: HttpRequest): boolean {
  const site = request.header("sec-fetch-site");
  const isOfAnotherSite = site === "cross-site" || site === "same-site";
  return isOfAnotherSite && request.header("sec-fetch-user") !== "?1";
}

/**
 * Returns a page that asks whether to sign in. A provider that remembers the visitor would otherwise sign
 * them in without their doing (OWASP ASVS 5.0, 7.6.2).
 */
export function askVisitor(request: SignInRequest): HttpResult {
  const body = html`<p>Another site has sent you here.</p>
<p><a href="${signInPath(request)}">Sign in</a> or go to the <a href="/">home page</a>.</p>`;
  return htmlPage(200, "Sign in?", body);
}
