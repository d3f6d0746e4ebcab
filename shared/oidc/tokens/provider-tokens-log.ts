import type { LogRecord } from "../../log/write-log.ts";

/**
 * Reason for which a refresh brought no token: the provider or the client secret could not be reached
 * (`unreachable`), the provider was `busy` (429 or 503), it rejected the client itself (`client_rejected`),
 * did not answer in time (`timeout`), or its response was an error or invalid (`failed`). After the last two
 * the refresh token may have been used, so it is never sent again.
 */
export type RefreshFailureReason = "unreachable" | "busy" | "client_rejected" | "timeout" | "failed";

/**
 * Reason for which a session ended for lack of a token: the provider rejected the refresh token (`rejected`);
 * the access token expired after a refresh without a known result (`lost`), or cannot be refreshed
 * (`expired`); the tokens were `removed`, by another request or by their expiry; no key opens them
 * (`unreadable`); the refreshed ones are for another person (`other_subject`); or the client has another
 * issuer by now (`other_issuer`).
 */
export type TokensEndReason =
  | "rejected"
  | "lost"
  | "expired"
  | "removed"
  | "unreadable"
  | "other_subject"
  | "other_issuer";

/** Record of an event of a session's provider tokens. It contains no token, and nothing of a response. */
export type ProviderTokensRecord = LogRecord & { readonly session?: string | undefined } & (
    | { readonly level: "INFO"; readonly event: "provider_tokens_refreshed" }
    | {
        readonly level: "WARN";
        readonly event: "provider_tokens_not_refreshed";
        readonly reason: RefreshFailureReason;
        /** The cause and its remedy, if there is no metadata or no client secret, so nothing was sent. */
        readonly message?: string;
      }
    | {
        readonly level: "ERROR";
        readonly event: "provider_tokens_not_stored";
        /** The cause. */
        readonly message: string;
      }
    | { readonly level: "WARN"; readonly event: "provider_tokens_ended"; readonly reason: TokensEndReason }
  );

/** Receives the records of provider tokens, one for each event. */
export type ProviderTokensLog = (record: ProviderTokensRecord) => void;
