import type { PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { RefusalReason } from "./session-log.ts";
import type { SessionSettings } from "./session-settings.ts";

/** The session that a session interface found for a request. Times are seconds since the epoch. */
export interface OpenedSession {
  /** The decoded data, reserved keys included. The session takes the object over and changes it in place. */
  readonly values: PlainObject;
  /** True if the session begins with this request. */
  readonly isNew: boolean;
  /** True if the cookie belongs to a session that has ended, so that it has to be deleted. */
  readonly hasEnded?: boolean;
  /** Reason for which the cookie of the request was refused. */
  readonly refusal?: RefusalReason | undefined;
  /** The id of the session for its user and in logs. It is no secret. */
  readonly id?: string | undefined;
  /** Time of the last save. */
  readonly lastSeenAt?: number;
  /** Time at which the session expires unless it is saved again. */
  readonly expiresAt?: number;
  /** The size in bytes: of the record in the store, or of the cookie's name and value. */
  readonly bytes?: number;
}

/** Writes that are stored at once and not when the session is saved. */
export interface LiveWrites {
  /** Stores the result of `change` for the current value, and returns it. */
  update(key: string, change: (value: unknown) => unknown): Promise<unknown>;
  /** Adds to a number in one step, and returns the sum. */
  increment(key: string, by: number): Promise<number>;
}

/** Options with which a session interface creates a session. */
export interface SessionOptions {
  /** Returns the session that the request brought. Called once, at the first use. */
  readonly open: () => OpenedSession;
  /** The JSON that encodes values. */
  readonly json: TaggedJSON;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
  /** The settings that the session applies; `resolveSettings` returns all of them. */
  readonly settings: Pick<SessionSettings, "permanent" | "lifetime" | "rememberFor">;
  /** Stores the time of creation with the data, as `_created`. Default: true. */
  readonly storesCreated?: boolean;
  /** Stores the id with the data, as `_sid`, which handlers then cannot use. Default: false. */
  readonly storesId?: boolean;
  /** Receives `update` and `increment`. Default: they change the session like `set`. */
  readonly live?: LiveWrites | undefined;
  /**
   * Message of the error that every change throws. Default: the session can be changed.
   */
  readonly locked?: string;
}
