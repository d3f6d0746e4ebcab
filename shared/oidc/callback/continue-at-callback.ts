import { htmlPage } from "../../lambda/html-page.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { html } from "../../values/types/html.ts";
import type { SignInContext } from "../sign-in-context.ts";
import { CALLBACK_PATH } from "../start/redirect-uri.ts";

/**
 * Returns the response that continues at `GET /sign-in/callback` with the sealed response of the provider. A
 * navigation from the provider's site brings Lax cookies. For SameSite=Strict a page of ours has to continue.
 */
export function continueAtCallback({ isStrict }: SignInContext, response: string): HttpResult {
  const location = `${CALLBACK_PATH}?${new URLSearchParams({ response })}`;
  if (!isStrict) return { statusCode: 303, headers: { location, "cache-control": "no-store" } };
  const body = html`<p><a href="${location}">Continue</a> if this page stays.</p>`;
  return htmlPage(200, "Signing in", body, location);
}
