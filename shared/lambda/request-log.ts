/** What happens to a request because of its session. */
export interface RequestRecord {
  readonly level: "WARN" | "ERROR";
  readonly event: "request_refused" | "session_too_large" | "session_unavailable";
  readonly reason?: "cross_origin";
  /** What the error says; it names keys of the session, never values. */
  readonly message?: string;
  readonly cause?: string;
}

/** Takes what happens to requests, one record for each event. */
export type RequestLog = (record: RequestRecord) => void;
