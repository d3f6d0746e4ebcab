import type { HttpEvent } from "../lambda/http-event.ts";
import type { HttpResult } from "../lambda/http-result.ts";
import { ResponseHeaders } from "../lambda/response-headers.ts";
import { SessionUnavailableError } from "../session/session-errors.ts";
import { refusalPage } from "./pages/refusal-page.ts";
import { messageOf, ProviderError } from "./provider/provider-error.ts";
import { REFUSALS, type RefusalReason } from "./refusals.ts";
import type { SignInContext } from "./sign-in-context.ts";
import { type SignInRequest, signInPath } from "./start/sign-in-request.ts";

/** Details of a refusal. */
export interface RefusalDetails {
  /** The wishes of the sign-in, which the link to try again repeats. Default: those of a new sign-in. */
  readonly request?: SignInRequest | undefined;
  /** The cause for the log. */
  readonly message?: string | undefined;
  /** Set-Cookie headers of the response. */
  readonly cookies?: readonly string[];
}

/** Logs the reason, and returns the response to a refused sign-in. */
export function refuseSignIn(
  { log }: Pick<SignInContext, "log">,
  event: HttpEvent,
  reason: RefusalReason,
  { request = { returnTo: "/" }, message, cookies = [] }: RefusalDetails = {},
): HttpResult {
  const level = REFUSALS[reason][0] >= 500 ? "ERROR" : "WARN";
  log({ level, event: "sign_in_refused", reason, ...(message && { message }) });
  // The provider would sign the refused account in again, without asking.
  const retry = reason === "user_refused" ? { ...request, select: true as const } : request;
  const page = refusalPage(event, reason, signInPath(retry));
  return new ResponseHeaders(event, page).toResult(cookies);
}

/**
 * Returns the response if an error says that a system failed: the provider, or the secret keys. Throws all
 * other errors.
 */
export function refuseFailure(
  context: Pick<SignInContext, "log">,
  event: HttpEvent,
  error: unknown,
  request?: SignInRequest,
): HttpResult {
  if (error instanceof ProviderError)
    return refuseSignIn(context, event, error.reason, { request, message: messageOf(error) });
  if (error instanceof SessionUnavailableError)
    return refuseSignIn(context, event, "session_unavailable", { request, message: messageOf(error) });
  throw error;
}
