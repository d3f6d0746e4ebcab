import type { FailureRecord, LogRecord } from "../log/write-log.ts";

/** A request was refused before its handler ran. */
export interface RequestRefused extends LogRecord {
  readonly level: "WARN";
  readonly event: "request_refused";
  /** `forged_header` is a reason of the authorizer alone. */
  readonly reason: "cross_origin" | "forged_header";
}

/** A record of an event that concerns a request. */
export type RequestRecord = RequestRefused | FailureRecord<"session_too_large" | "session_unavailable">;

/** Receives the records of requests, one for each event. */
export type RequestLog = (record: RequestRecord) => void;
