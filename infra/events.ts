/**
 * The events of the structured logs that are counted one by one; of refused sessions the reasons are counted. Others, such
 * as an application's own, are not: each is a metric that costs.
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

/** One of the events that are counted. */
export type Event = (typeof EVENTS)[number];
