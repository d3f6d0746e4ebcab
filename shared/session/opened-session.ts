import type { Dictionary } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { RefusalReason } from "./session-log.ts";

/** What a session interface found when it looked for the session. Times are seconds since the epoch. */
export interface OpenedSession {
  /** The decoded dictionary, reserved keys included. It becomes the session's own. */
  readonly values: Dictionary;
  /** Whether there was none, so that this one begins now. */
  readonly isNew: boolean;
  /** Whether the visitor showed a session that is known to be over. */
  readonly hasEnded?: boolean;
  /** Why the cookie that the visitor showed gives no session. */
  readonly refusal?: RefusalReason | undefined;
  /** Names the session to its user and in logs; it opens nothing. */
  readonly id?: string | undefined;
  readonly savedAt?: number;
  readonly expiresAt?: number;
  /** How much of the store it takes; of a cookie, its name and value. */
  readonly bytes?: number;
}

/** What a session interface gives a session. */
export interface SessionOptions {
  /** Looks for the session; called once, at the first use. */
  readonly open: () => OpenedSession;
  readonly json: TaggedJSON;
  /** The time in seconds since the epoch. */
  readonly now: () => number;
  /** Whether a session that does not say is permanent. */
  readonly permanent: boolean;
}
