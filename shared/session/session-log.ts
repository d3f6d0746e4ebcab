import type { Refusal } from "./url-safe-timed-serializer.ts";

/** Why a cookie gave no session. */
export type RefusalReason = Refusal | "absolute_lifetime";

/** A cookie was shown that gives no session. The cookie is called by its name; its value is never told. */
export interface SessionRefused {
  readonly level: "WARN";
  readonly event: "session_refused";
  readonly reason: RefusalReason;
  readonly cookie: string;
}

/** Takes what happens to sessions, one record for each event. */
export type SessionLog = (record: SessionRefused) => void;
