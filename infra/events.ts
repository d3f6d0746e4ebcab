/**
 * Log events that are counted separately. Refused sessions are counted by reason. Other events, such as an
 * application's own, are not counted, because each is billed as a metric.
 */
export const EVENTS = [
  "session_began",
  "session_renewed",
  "session_destroyed",
  "session_revoked",
  "session_evicted",
  "session_limit_reached",
  "session_conflict",
  "session_gone",
  "session_too_large",
  "session_unavailable",
  "request_refused",
  "keys_not_refreshed",
  "keys_rotated",
  "keys_run_out_soon",
  "rotation_failed",
] as const;

/** Log event that is counted. */
export type Event = (typeof EVENTS)[number];
