import type { EndReason } from "../session/session-log.ts";

/**
 * A value as stores keep it: a number that can be added to, or JSON text with Flask's tags. Numbers that JSON
 * alone tells exactly, such as -0 and 1e300, are texts too.
 */
export type StoredValue = number | string;

/** Why a record that is there is not to be used: it was ended, or it is none that this version can read. */
export type Unusable = EndReason | "unreadable";

/** The token that counted before the present one. */
export interface PreviousToken {
  /** SHA-256 of the token, in base64url. */
  readonly tokenHash: string;
  /** Until when it is remembered, in seconds since the epoch. */
  readonly until: number;
  /** Whether it still opens the session: after a periodic renewal, and not after a change of privilege. */
  readonly opens: boolean;
}

/** One session as a store keeps it. Times are seconds since the epoch. */
export interface SessionRecord {
  /** SHA-256 of the token that opens the session, in base64url. */
  readonly tokenHash: string;
  readonly previous?: PreviousToken | undefined;
  /** When the token was made. */
  readonly renewedAt: number;
  /**
   * How often the session changed its privilege. Writes of a request that began before such a change are
   * refused.
   */
  readonly epoch: number;
  /** The data, by key. */
  readonly values: ReadonlyMap<string, StoredValue>;
  readonly createdAt: number;
  /** When it was last written or touched. */
  readonly lastSeenAt: number;
  /** The last second in which it may be used. */
  readonly expiresAt: number;
  /** The hashed id of the user to whom it is bound. */
  readonly userKey?: string | undefined;
}

/** A record as it was found. */
export interface FoundSession extends SessionRecord {
  /**
   * What the store itself remembers of recent writes; nobody else's business, and handed back with a change.
   */
  readonly operations?: readonly string[];
  /** How many bytes it takes in the store. */
  readonly bytes: number;
}

/** What must hold of the record besides being there, so that a change is made. */
export interface ChangeCondition {
  readonly epoch: number;
  /** The token that must still be the present one. */
  readonly tokenHash?: string;
  /** Values that must be as they were read; `undefined` means absent. */
  readonly values?: ReadonlyMap<string, StoredValue | undefined>;
}

/**
 * What must hold of a record, so that it is ended: what a change asks of it, and that it holds no other keys.
 */
export interface EndCondition extends Omit<ChangeCondition, "tokenHash"> {
  readonly keys: ReadonlySet<string>;
}

/**
 * A change of a record. Keys that it does not name are kept; no key is in two of `set`, `remove` and `add`.
 */
export interface RecordChange {
  /** The time now, in seconds since the epoch: a record whose `expiresAt` lies before it is over. */
  readonly now: number;
  readonly condition: ChangeCondition;
  readonly set?: ReadonlyMap<string, StoredValue>;
  readonly remove?: ReadonlySet<string>;
  /** Adds to a number, which is 0 where there is none; a text there makes the condition fail. */
  readonly add?: { readonly key: string; readonly by: number };
  /** What becomes of the record itself; `previous: undefined` and `userKey: undefined` take them away. */
  readonly record?: Partial<Omit<SessionRecord, "values">>;
}

/**
 * What came of a change: done, with the sum where it added; or not done, because a condition did not hold,
 * with what is there instead.
 */
export type ChangeResult =
  | { readonly done: true; readonly sum?: number }
  | { readonly done: false; readonly found: FoundSession | Unusable | undefined };

/** One session among those of a user. Times are seconds since the epoch. */
export interface UserSession {
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  /** The User-Agent header at sign-in, as given. */
  readonly userAgent?: string | undefined;
  /** The network address at sign-in, as given. */
  readonly address?: string | undefined;
}

/** The sessions of one user. A session that is bound to a user and not among these is over. */
export interface UserRecord {
  /** Counts the changes of membership. */
  readonly generation: number;
  /** By the session's id. */
  readonly sessions: ReadonlyMap<string, UserSession>;
}

/** What a strongly consistent read gave; a record that is absent is an ordinary answer. */
export interface Found {
  /** The record, expired or not; why there is none to use; or nothing. */
  readonly session?: FoundSession | Unusable | undefined;
  readonly user?: UserRecord | undefined;
}
