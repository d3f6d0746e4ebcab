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

/**
 * Writes a record as one line of JSON.
 *
 * Where Lambda itself writes JSON, it gets the object: as text it would be escaped, and no metric filter could read it.
 */
export function writeLog(record: { readonly level: "WARN" | "ERROR" }): void {
  const line = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON" ? record : JSON.stringify(record);
  if (record.level === "ERROR") console.error(line);
  else console.warn(line);
}
