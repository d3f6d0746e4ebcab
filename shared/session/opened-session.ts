import type { PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { RefusalReason } from "./session-log.ts";

/** What a session interface found for a request. Times are seconds since the epoch. */
export interface OpenedSession {
  /** The decoded data, reserved keys included. The session takes the object over and changes it in place. */
  readonly values: PlainObject;
  /** Whether the request brought no session, so that this one begins now. */
  readonly isNew: boolean;
  /** Whether the request brought a session that is known to be over, so that its cookie is to be deleted. */
  readonly hasEnded?: boolean;
  /** Why the cookie of the request gives no session. */
  readonly refusal?: RefusalReason | undefined;
  /** The session's id: it identifies the session to its user and in logs, and opens nothing. */
  readonly id?: string | undefined;
  /** When the session was last saved. */
  readonly lastSeenAt?: number;
  readonly expiresAt?: number;
  /** The size in the store; of a cookie, its name and value. */
  readonly bytes?: number;
}

/** Writes of a session that take effect before it is saved, as `update` and `increment` do in a store. */
export interface LiveWrites {
  /** Stores the result of `change` for the value of this moment, and returns it. */
  update(key: string, change: (value: unknown) => unknown): Promise<unknown>;
  /** Adds to a number in one step, and returns the sum. */
  increment(key: string, by: number): Promise<number>;
}

/** What a session interface gives to a session. */
export interface SessionOptions {
  /** Returns the session that the request brought. Called once, at the first use. */
  readonly open: () => OpenedSession;
  readonly json: TaggedJSON;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
  /** Whether a session that does not say so itself is permanent. */
  readonly permanent: boolean;
  /** Where `update` and `increment` write at once. Default: they change the session like `set`. */
  readonly live?: LiveWrites | undefined;
  /**
   * Why the session cannot be changed: the message of the error that every change throws. Default: it can be.
   */
  readonly locked?: string;
}
