import type { SignatureRefusal } from "../crypto/timestamp-signer.ts";

/**
 * Reason for which a session ended before it expired: *destroyed* by its visitor, *revoked* by its user, an
 * operator or the provider, or *evicted* over the cap.
 */
export type EndReason = "destroyed" | "revoked" | "evicted";

/**
 * Reason for which a cookie was refused. For server-side sessions only: the session is not in the store
 * (`unknown_session`), it ended, or the token is not the current one (`token_replaced`).
 */
export type RefusalReason =
  | SignatureRefusal
  | "unreadable_payload"
  | "absolute_lifetime"
  | "unknown_session"
  | "token_replaced"
  | EndReason;

/**
 * A cookie was refused: one of the request, or for `cross_site` the one of the response, because it could
 * replace a session that the browser has, but did not send with another site's request. The record contains
 * the cookie's name and never its value.
 */
export interface SessionRefused {
  readonly level: "WARN";
  readonly event: "session_refused";
  readonly reason: RefusalReason | "cross_site";
  readonly cookie: string;
  /** The id of the session, if the signature of the cookie is valid. */
  readonly session?: string;
}

/**
 * A session began: it was saved for the first time, and the response carries its cookie. A session that is
 * stored only in its cookie has no id; see `Session.id`.
 */
export interface SessionBegan {
  readonly level: "INFO";
  readonly event: "session_began";
  readonly session?: string;
  readonly reason?: never;
}

/** An event of a session that can be revoked. The session's id is no secret. */
export interface SessionEvent {
  readonly level: "INFO" | "WARN";
  readonly event:
    | "session_renewed"
    | "session_destroyed"
    | "session_revoked"
    | "session_evicted"
    | "session_limit_reached"
    | "session_conflict"
    | "session_gone";
  readonly session: string;
  /** The cause, if the event has several. */
  readonly reason?: "sign_in" | "privilege" | "periodic" | "ended" | "renewed" | "provider_sign_out";
}

/** A record of an event of a session. */
export type SessionLogRecord = SessionRefused | SessionBegan | SessionEvent;

/** Receives the records of sessions, one for each event. */
export type SessionLog = (record: SessionLogRecord) => void;
