import type { SignatureRefusal } from "../crypto/timestamp-signer.ts";

/**
 * Why a session is over although it has not expired: by its visitor, by its user or an operator, or over the
 * cap.
 */
export type EndReason = "destroyed" | "revoked" | "evicted";

/**
 * Why a cookie gave no session. Those of server-side sessions: the session is not in the store
 * (`unknown_session`), it was ended, or its token is not the present one (`token_replaced`).
 */
export type RefusalReason =
  | SignatureRefusal
  | "unreadable_payload"
  | "absolute_lifetime"
  | "unknown_session"
  | "token_replaced"
  | EndReason;

/** A cookie was shown that gives no session. The cookie is called by its name; its value is never told. */
export interface SessionRefused {
  readonly level: "WARN";
  readonly event: "session_refused";
  readonly reason: RefusalReason;
  readonly cookie: string;
  /** The id of a session that the cookie names truly. */
  readonly session?: string;
}

/**
 * A session began: what a request put into it is saved, and the response carries its cookie. Nothing is told
 * of what is in it. A session that is in its cookie alone has no id; see `Session.id`.
 */
export interface SessionBegan {
  readonly level: "INFO";
  readonly event: "session_began";
  readonly session?: string;
  readonly reason?: never;
}

/** Something happened to a session that can be revoked. It is called by its id, which opens nothing. */
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
  /** What caused it, where there are several causes. */
  readonly reason?: "sign_in" | "privilege" | "periodic" | "ended" | "renewed";
}

/** What happens to sessions. */
export type SessionLogRecord = SessionRefused | SessionBegan | SessionEvent;

/** Takes what happens to sessions, one record for each event. */
export type SessionLog = (record: SessionLogRecord) => void;
