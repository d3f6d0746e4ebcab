import type { ProviderFailure } from "./provider/provider-error.ts";

/** Reason for which a sign-in was refused. It is logged, and decides the response. */
export type RefusalReason = keyof typeof REFUSALS;

/** Status and sentence of a refusal. */
export type Refusal = readonly [status: number, sentence: string];

const OTHER_BROWSER: Refusal = [400, "This sign-in was started in another browser, or too long ago."];
const MALFORMED: Refusal = [400, "The address of this page is incomplete or was changed."];
const OTHER_PROVIDER: Refusal = [
  400,
  "This response is of another identity provider than the one that was asked.",
];
const CANCELLED: Refusal = [401, "You were not signed in, because the sign-in was cancelled."];
const NOT_FINISHED: Refusal = [401, "The identity provider could not finish the sign-in without you."];
const NOT_CONFIRMED: Refusal = [
  401,
  "The identity provider did not confirm a new sign-in as this page needs it.",
];
const UNAVAILABLE: Refusal = [
  503,
  "The identity provider is not available at the moment. Everything else works.",
];
const INVALID: Refusal = [
  502,
  "The identity provider gave a response that cannot be trusted, so you were not signed in.",
];
const NOT_SET_UP: Refusal = [
  503,
  "Signing in is not set up correctly. The operators of this site can repair it.",
];
const REPORTED_ERROR = "The identity provider reported an error, so you were not signed in.";

/** Refusals of what the visitor's browser sent. */
const OF_REQUESTS = {
  malformed_request: MALFORMED,
  malformed_response: MALFORMED,
  expired_response: OTHER_BROWSER,
  missing_state: MALFORMED,
  malformed_state: MALFORMED,
  expired_state: OTHER_BROWSER,
  unknown_state: OTHER_BROWSER,
  missing_issuer: OTHER_PROVIDER,
  wrong_issuer: OTHER_PROVIDER,
  other_provider: OTHER_PROVIDER,
  code_rejected: [400, "This sign-in was already used or took too long."],
} satisfies Record<string, Refusal>;

/**
 * Errors of the provider's response (RFC 6749, section 4.1.2.1; OpenID Connect Core 1.0, section 3.1.2.6).
 * The browser brings them, so anybody can write one: none is a failure of the server, which an alarm would
 * report.
 */
const OF_PROVIDER_ERRORS = {
  access_denied: CANCELLED,
  login_required: NOT_FINISHED,
  interaction_required: NOT_FINISHED,
  consent_required: NOT_FINISHED,
  account_selection_required: NOT_FINISHED,
  unmet_authentication_requirements: NOT_CONFIRMED,
  temporarily_unavailable: [401, UNAVAILABLE[1]],
  server_error: [401, UNAVAILABLE[1]],
  invalid_request: [401, NOT_SET_UP[1]],
  invalid_scope: [401, NOT_SET_UP[1]],
  unauthorized_client: [401, NOT_SET_UP[1]],
  unsupported_response_type: [401, NOT_SET_UP[1]],
  unknown_provider_error: [401, REPORTED_ERROR],
} satisfies Record<string, Refusal>;

/** Refusals of ID tokens (OpenID Connect Core 1.0, section 3.1.3.7). */
const OF_ID_TOKENS = {
  id_token_malformed: INVALID,
  id_token_unsigned: INVALID,
  id_token_wrong_algorithm: INVALID,
  id_token_bad_signature: INVALID,
  id_token_unknown_key: INVALID,
  id_token_wrong_issuer: INVALID,
  id_token_wrong_audience: INVALID,
  id_token_wrong_nonce: INVALID,
  id_token_expired: INVALID,
  id_token_not_yet_valid: INVALID,
  authentication_time_missing: NOT_CONFIRMED,
  authentication_too_old: NOT_CONFIRMED,
  wrong_acr: NOT_CONFIRMED,
} satisfies Record<string, Refusal>;

/** Refusals of users and sessions. */
const OF_SESSIONS = {
  other_user: [
    403,
    "You signed in as another user than before, so nothing has changed. Sign out first to switch.",
  ],
  user_refused: [403, "This account cannot be used here."],
  hook_failed: [503, "You could not be signed in at the moment."],
  ended_by_provider: [401, "The identity provider has ended this sign-in meanwhile."],
  session_too_large: [413, "Your account has more data than a session can hold, so you were not signed in."],
  session_limit: [403, "You are signed in too many times. Sign out elsewhere first."],
  session_conflict: [409, "Your session ended while you signed in."],
  session_unavailable: [503, "Sessions are not available at the moment."],
} satisfies Record<string, Refusal>;

const OF_PROVIDER = {
  provider_unreachable: UNAVAILABLE,
  provider_unavailable: UNAVAILABLE,
  provider_timeout: [504, "The identity provider did not respond in time. Everything else works."],
  provider_response_too_large: INVALID,
  provider_invalid_response: INVALID,
  provider_wrong_issuer: NOT_SET_UP,
  token_endpoint_error: [502, REPORTED_ERROR],
  client_secret_missing: NOT_SET_UP,
  client_secret_unreadable: NOT_SET_UP,
  client_rejected: NOT_SET_UP,
} satisfies Record<ProviderFailure, Refusal>;

/** Every refusal by its reason. */
export const REFUSALS = {
  ...OF_REQUESTS,
  ...OF_PROVIDER_ERRORS,
  ...OF_ID_TOKENS,
  ...OF_SESSIONS,
  ...OF_PROVIDER,
};

/**
 * Returns the reason for the provider's error response. Other codes are not logged, because anybody can write
 * them.
 */
export function reasonOfProviderError(code: string): RefusalReason {
  return Object.hasOwn(OF_PROVIDER_ERRORS, code)
    ? (code as keyof typeof OF_PROVIDER_ERRORS)
    : "unknown_provider_error";
}
