import { cookieValues } from "../../cookie/session-cookie.ts";
import { htmlPage } from "../../lambda/html-page.ts";
import { type HttpEvent, HttpRequest } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { queryOf } from "../../lambda/query-of.ts";
import { html } from "../../values/types/html.ts";
import type { SignInContext } from "../sign-in-context.ts";
import { signInPath } from "../start/sign-in-request.ts";

/** Seconds in which the provider must return for its sign-out to count as confirmed. */
const MAX_AGE = 600;

const BOTH = "You are signed out here and at the identity provider.";
const HERE = "You are signed out here. On a shared computer, sign out at your identity provider too.";

const STILL = html`<p>This browser has a session here, so you may still be signed in.</p>
<form method="post" action="/sign-out"><button>Sign out</button></form>
<p>Or go to the <a href="/">home page</a>.</p>`;

/**
 * Shows that the visitor is signed out: `GET /signed-out`. It opens no session. To a browser with a session,
 * which any site can send here, it does not say so, but offers the sign-out.
 */
export async function signedOut(context: SignInContext, event: HttpEvent): Promise<HttpResult> {
  const { signOuts, client, sessionCookie } = context;
  const hasSession = cookieValues(new HttpRequest(event).cookies, sessionCookie).length > 0;
  if (hasSession) return htmlPage(200, "Signed out?", STILL);
  const state = new URLSearchParams(queryOf(event)).get("state") ?? "";
  const age = { now: client.nowSeconds, maxAge: MAX_AGE };
  const { refusal } = await signOuts.unseal(state, age).catch(() => ({ refusal: "unknown" }));
  const again = signInPath({ returnTo: "/", select: true });
  const links = html`<a href="${again}">Sign in again</a> or go to the <a href="/">home page</a>.`;
  return htmlPage(200, "Signed out", html`<p>${refusal ? HERE : BOTH}</p>\n<p>${links}</p>`);
}
