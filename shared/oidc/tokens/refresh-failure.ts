import { ResponseBodyError } from "openid-client";
import { toProviderError } from "../provider/provider-error.ts";
import type { RefreshFailureReason } from "./provider-tokens-log.ts";

/** Result of a refresh that failed. */
export interface RefreshFailure {
  /** `rejected` if the provider says that the refresh token is not valid. */
  readonly reason: RefreshFailureReason | "rejected";
  /**
   * Seconds after which the same refresh token may be sent, if it was certainly not used. Absent if it may
   * have been used.
   */
  readonly retryAfter?: number;
}

/** Codes of errors that happen before the first byte of a request is sent. */
const NOT_SENT: readonly string[] = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
];

/** Seconds until the next refresh if the provider states no time, and the longest time that counts. */
const RETRY_AFTER = 5;
const LONGEST_RETRY_AFTER = 300;

/**
 * Classifies the error of a refresh. A refresh token counts as unused only if the request was not sent, or if
 * the provider did not look at it: with 429 or 503, or because it rejects the client, which it authenticates
 * first (RFC 6749, section 6).
 */
export function toRefreshFailure(error: unknown): RefreshFailure {
  if (error instanceof ResponseBodyError && error.error === "invalid_grant") return { reason: "rejected" };
  const { reason, details } = toProviderError(error);
  const { code = "", status, retryAfter = RETRY_AFTER } = details;
  if (NOT_SENT.includes(code)) return { reason: "unreachable", retryAfter: RETRY_AFTER };
  if (status === 429 || status === 503)
    return { reason: "busy", retryAfter: Math.min(retryAfter, LONGEST_RETRY_AFTER) };
  if (reason === "client_rejected") return { reason, retryAfter: RETRY_AFTER };
  return { reason: reason === "provider_timeout" ? "timeout" : "failed" };
}
