import type { FailureRecord, LogRecord } from "../log/write-log.ts";

/** A request was refused before its handler ran. */
export interface RequestRefused extends LogRecord {
  readonly level: "WARN";
  readonly event: "request_refused";
  readonly reason: "cross_origin";
}

/** What happens to a request because of its session. */
export type RequestRecord = RequestRefused | FailureRecord<"session_too_large" | "session_unavailable">;

/** Takes what happens to requests, one record for each event. */
export type RequestLog = (record: RequestRecord) => void;
