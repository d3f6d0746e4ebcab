import type { LogRecord } from "../../log/write-log.ts";
import type { ConditionalStore } from "../../stores/conditional-store.ts";
import type { SessionDirectory } from "../../users/session-directory.ts";
import type { OidcClient } from "../provider/oidc-client.ts";
import type { ProviderFailure } from "../provider/provider-error.ts";
import type { LogoutRefusal } from "./logout-refusals.ts";

/** A provider ended sessions of a user. */
export interface ProviderSignedOut extends LogRecord {
  readonly level: "INFO";
  readonly event: "provider_signed_out";
  /** Number of sessions that had not expired. 0 if the user had signed out before. */
  readonly ended: number;
}

/** A logout token was refused. Nothing has ended. */
export interface ProviderSignOutRefused extends LogRecord {
  readonly level: "WARN";
  readonly event: "provider_sign_out_refused";
  readonly reason: LogoutRefusal;
}

/** A logout could not be completed, and the provider was asked to send it again. */
export interface ProviderSignOutFailed extends LogRecord {
  readonly level: "ERROR";
  readonly event: "provider_sign_out_failed";
  readonly reason: ProviderFailure | "session_unavailable";
  readonly message?: string;
}

/** Receives the records of logouts, one for each event. No record contains a token, a user or an id. */
export type BackChannelLog = (
  record: ProviderSignedOut | ProviderSignOutRefused | ProviderSignOutFailed,
) => void;

/** Options of the route for a provider's logouts. */
export interface BackChannelOptions {
  readonly client: OidcClient;
  /** Ends the sessions. */
  readonly sessions: Pick<SessionDirectory, "endByProvider">;
  /** Stores the ids of used tokens, and the links that the hooks of `providerSessionLinks` write. */
  readonly items: ConditionalStore;
  /** Receives the records of logouts. Default: one line of JSON for each record. */
  readonly log?: BackChannelLog;
}
