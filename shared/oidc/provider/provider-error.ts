/** Reason for which the identity provider, or the client's secret, could not be used. */
export type ProviderFailure =
  | "provider_unreachable"
  | "provider_timeout"
  | "provider_unavailable"
  | "provider_response_too_large"
  | "provider_invalid_response"
  | "provider_wrong_issuer"
  | "token_endpoint_error"
  | "client_secret_missing"
  | "client_secret_unreadable"
  | "client_rejected";

/** Details of a failure that tell whether a request may be sent again. */
export interface FailureDetails {
  /** Code of the error that Node reports, such as `ECONNREFUSED`. */
  readonly code?: string | undefined;
  /** Status of the provider's response. */
  readonly status?: number | undefined;
  /** Seconds that the response asks to wait (RFC 9110, section 10.2.3, without dates). */
  readonly retryAfter?: number | undefined;
}

/**
 * A request to the identity provider failed. Message and causes contain no token, no code and no text of the
 * provider, so they can be logged.
 */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  /** Code of the failure, for logs and metrics. */
  readonly reason: ProviderFailure;
  readonly details: FailureDetails;

  constructor(
    reason: ProviderFailure,
    message: string,
    options?: ErrorOptions,
    details: FailureDetails = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.details = details;
  }
}

/** Maximum number of causes that are searched. */
const MOST_CAUSES = 8;

/**
 * Returns the first ProviderError among an error and its causes. Other errors mean that the provider
 * responded with something else than the protocol requires: they become one of `provider_invalid_response`.
 * Their own messages may contain claims or the provider's text, so only the code is kept.
 */
export function toProviderError(error: unknown): ProviderError {
  let cause = error;
  for (let depth = 0; depth < MOST_CAUSES && cause instanceof Error; depth++) {
    if (cause instanceof ProviderError) return cause;
    cause = cause.cause;
  }
  const code = codeOf(error);
  return new ProviderError(
    "provider_invalid_response",
    `the provider's response is invalid${code && ` (${code})`}`,
  );
}

/**
 * Returns an error's code if it is one, such as `ECONNREFUSED` or `OAUTH_PARSE_ERROR`; otherwise an empty
 * string.
 */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : "";
}

/**
 * Returns the message of an error of ours. Of its cause, which other code made, only the name and the code.
 */
export function messageOf({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  return `${message}: ${cause.name} ${codeOf(cause)}`.trimEnd();
}
