import type { HttpEvent } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { readForm } from "../../lambda/request-body.ts";
import type { LambdaHandler } from "../../lambda/with-session.ts";
import { writeLog } from "../../log/write-log.ts";
import { OptionError } from "../../options/option-error.ts";
import { SessionUnavailableError } from "../../session/session-errors.ts";
import { OidcClient } from "../provider/oidc-client.ts";
import { messageOf, ProviderError } from "../provider/provider-error.ts";
import { withinTime } from "../within-time.ts";
import type { BackChannelLog, BackChannelOptions, ProviderSignOutFailed } from "./back-channel-options.ts";
import { LOGOUT_REFUSALS, type LogoutRefusal } from "./logout-refusals.ts";
import { verifyLogoutToken } from "./logout-token.ts";
import { signOutByProvider } from "./sign-out-by-provider.ts";

/** Maximum size of a request's body as it is in the event, in characters. */
const MOST_CHARACTERS = 64 * 1024;

/** Asks the provider to send a logout again that could not be completed. */
const LATER = { "retry-after": "30" };

/**
 * Creates the handler of `POST /sign-out/back-channel`, by which the provider ends sessions (OpenID Connect
 * Back-Channel Logout 1.0). The provider's server sends the request, so it has no cookie and opens no
 * session; the signature of its logout token is the only proof, and is verified completely.
 *
 * Answers 200 when the named sessions have ended, 400 to a token that is refused, 429 with Retry-After to one
 * of a key that is not known yet, and 503 with Retry-After when the store or the provider's keys are not
 * available.
 *
 * @throws OptionError that names the option
 */
export function createBackChannelRoute(options: BackChannelOptions): LambdaHandler<HttpEvent> {
  const { client, sessions, items, log = writeLog } = options;
  if (!(client instanceof OidcClient)) throw new OptionError("client", "must be an OidcClient");
  if (typeof sessions?.endByProvider !== "function")
    throw new OptionError("sessions", "must be a SessionDirectory");
  if (typeof items?.write !== "function") throw new OptionError("items", "must be a ConditionalStore");
  return async (event, context) => {
    const jwt = readLogoutToken(event);
    if (jwt === undefined) return refuse("malformed_request", log);
    try {
      const token = await withinTime(context, verifyLogoutToken(client, jwt));
      if (typeof token === "string") return refuse(token, log);
      const ended = await signOutByProvider({ sessions, items }, token, client.nowSeconds);
      if (ended === undefined) return refuse("token_replayed", log);
      log({ level: "INFO", event: "provider_signed_out", ended });
      return { statusCode: 200, headers: { "cache-control": "no-store" }, body: "" };
    } catch (error) {
      return fail(toFailure(error), log);
    }
  };
}

/** Returns the parameter `logout_token` if the request is a form that has it once. Others are ignored. */
function readLogoutToken(event: HttpEvent): string | undefined {
  if ((event.body ?? "").length > MOST_CHARACTERS) return undefined;
  const [jwt, ...others] = readForm(event).body?.getAll("logout_token") ?? [];
  return jwt === "" || others.length > 0 ? undefined : jwt;
}

function refuse(reason: LogoutRefusal, log: BackChannelLog): HttpResult {
  log({ level: "WARN", event: "provider_sign_out_refused", reason });
  // The provider may publish the key later. Anybody can send such a token, so it is no failure of the server,
  // which an alarm would report.
  return reason === "token_unknown_key"
    ? answer(429, "temporarily_unavailable", LOGOUT_REFUSALS[reason], LATER)
    : answer(400, "invalid_request", LOGOUT_REFUSALS[reason]);
}

type Failure = Pick<ProviderSignOutFailed, "reason" | "message">;

/** Returns the failure of a system. Throws all other errors. */
function toFailure(error: unknown): Failure {
  if (error instanceof ProviderError) return { reason: error.reason, message: messageOf(error) };
  if (error instanceof SessionUnavailableError)
    return { reason: "session_unavailable", message: messageOf(error) };
  throw error;
}

function fail(failure: Failure, log: BackChannelLog): HttpResult {
  log({ level: "ERROR", event: "provider_sign_out_failed", ...failure });
  const sentence = "The logout cannot be completed at the moment. Please send it again.";
  return answer(503, "temporarily_unavailable", sentence, LATER);
}

/** Returns a response in JSON, as errors of OAuth 2.0 have it (Back-Channel Logout 1.0, section 2.8). */
function answer(statusCode: number, error: string, description: string, headers = {}): HttpResult {
  return {
    statusCode,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify({ error, error_description: description }),
  };
}
