import type { Context } from "aws-lambda";
import { htmlPage } from "../../lambda/html-page.ts";
import { type HttpEvent, HttpRequest } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { ResponseHeaders } from "../../lambda/response-headers.ts";
import type { Session } from "../../session/session.ts";
import { html } from "../../values/types/html.ts";
import { messageOf, ProviderError } from "../provider/provider-error.ts";
import type { SignInContext } from "../sign-in-context.ts";
import { withinTime } from "../within-time.ts";
import { callSignOutHook } from "./call-sign-out-hook.ts";
import { providerSignOutUrl, SIGNED_OUT_PATH } from "./provider-sign-out-url.ts";

/**
 * Ends the session, and continues to the provider's sign-out: `POST /sign-out`.
 *
 * It is a page that continues, not a redirect, because Chromium applies the Content Security Policy
 * `form-action` of the page with the form to redirects too.
 */
export async function signOut(
  context: SignInContext,
  event: HttpEvent,
  session: Session,
  lambda: Context,
): Promise<HttpResult> {
  await callSignOutHook(context, session);
  session.signOut();
  const { cookies } = new HttpRequest(event);
  const deletions = [...context.transactions.deleteAll(cookies), context.idTokens.delete()];
  const url = await urlOf(context, event, lambda);
  const result = url === undefined ? toSignedOut() : toProvider(url);
  return new ResponseHeaders(event, result).toResult(deletions);
}

/**
 * Returns the address, or `undefined` if the provider has none or does not respond: the session ends all the
 * same.
 */
async function urlOf(context: SignInContext, event: HttpEvent, lambda: Context): Promise<URL | undefined> {
  try {
    return await withinTime(lambda, providerSignOutUrl(context, event));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { reason } = error;
    context.log({ level: "ERROR", event: "sign_out_incomplete", reason, message: messageOf(error) });
    return undefined;
  }
}

function toSignedOut(): HttpResult {
  return { statusCode: 303, headers: { location: SIGNED_OUT_PATH, "cache-control": "no-store" } };
}

function toProvider({ href }: URL): HttpResult {
  const body = html`<p>You are signed out here. Your identity provider signs you out next.</p>
<p><a href="${href}">Continue</a> if this page stays.</p>`;
  return htmlPage(200, "Signing out", body, href);
}
