import type { EndReason } from "../session/session-log.ts";

/**
 * Value in the form that stores keep: a number that can be added to, or a JSON string with Flask's tags.
 * Numbers that only JSON represents exactly, such as -0 and 1e300, are strings too.
 */
export type StoredValue = number | string;

/**
 * Reason for which an existing record cannot be used: the session has ended, or this version cannot read the
 * record.
 */
export type Unusable = EndReason | "unreadable";

/** Token before the current one. */
export interface PreviousToken {
  /** SHA-256 of the token, in base64url. */
  readonly tokenHash: string;
  /** Time until which it is kept, in seconds since the epoch. */
  readonly until: number;
  /** True if it still opens the session: after a periodic renewal, but not after a change of privilege. */
  readonly opens: boolean;
}

/** Record of one session in a store. Times are seconds since the epoch. */
export interface SessionRecord {
  /** SHA-256 of the token that opens the session, in base64url. */
  readonly tokenHash: string;
  readonly previous?: PreviousToken | undefined;
  /** Time at which the token was created. */
  readonly renewedAt: number;
  /** Number of changes of privilege. Writes of a request that began before such a change are refused. */
  readonly epoch: number;
  /** The data, by key. */
  readonly values: ReadonlyMap<string, StoredValue>;
  readonly createdAt: number;
  /** Time of the last write or touch. */
  readonly lastSeenAt: number;
  /** Last second in which the session may be used. */
  readonly expiresAt: number;
  /** Hash of the id of the user who is signed in. */
  readonly userKey?: string | undefined;
  /** The session's own lifetime in seconds, if it has one. */
  readonly lifetime?: number | undefined;
}

/** Record as a store found it. */
export interface FoundSession extends SessionRecord {
  /** Private data of the store about recent writes. Callers pass it back with a change. */
  readonly operations?: readonly string[];
  /** Size of the record in bytes. */
  readonly bytes: number;
}

/** Condition of a change, besides the record's existence. */
export interface ChangeCondition {
  readonly epoch: number;
  /** Hash that the current token must still have. */
  readonly tokenHash?: string;
  /** Values that must be unchanged; `undefined` means absent. */
  readonly values?: ReadonlyMap<string, StoredValue | undefined>;
}

/** Condition of an end: each part that is given must pass. */
export interface EndCondition extends Partial<Omit<ChangeCondition, "tokenHash">> {
  /** The record contains no other keys. */
  readonly keys?: ReadonlySet<string>;
  /** Hash of the id of a user: nobody else is signed in to the session. */
  readonly userKey?: string;
}

/**
 * Change of a record. Keys that it does not name are kept. No key is in more than one of `set`, `remove` and
 * `add`.
 */
export interface RecordChange {
  /** Current time in seconds since the epoch. A record whose `expiresAt` is earlier has expired. */
  readonly now: number;
  readonly condition: ChangeCondition;
  readonly set?: ReadonlyMap<string, StoredValue>;
  readonly remove?: ReadonlySet<string>;
  /** Adds to a number, or to 0 if there is none. If the value is a string, the condition fails. */
  readonly add?: { readonly key: string; readonly by: number };
  /** Changes of the record itself. `undefined` removes `previous`, `userKey` or `lifetime`. */
  readonly record?: Partial<Omit<SessionRecord, "values">>;
}

/**
 * Result of a change: done, with the sum if it added; or not done because the condition failed, with the
 * existing record.
 */
export type ChangeResult =
  | { readonly done: true; readonly sum?: number }
  | { readonly done: false; readonly found: FoundSession | Unusable | undefined };

/** Entry of one session in the list of a user's sessions. Times are seconds since the epoch. */
export interface UserSession {
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  /** User-Agent header at sign-in; the library shortens it. */
  readonly userAgent?: string | undefined;
  /** Network address at sign-in, unchanged. */
  readonly address?: string | undefined;
  /** Hash of the identity provider's session that signed the user in; see `hashProviderSession`. */
  readonly providerSession?: string | undefined;
}

/** Sessions of one user. A session of a user that is not listed here has been revoked. */
export interface UserRecord {
  /** Number of changes of the list's members. */
  readonly generation: number;
  /** Entries by the session's id. */
  readonly sessions: ReadonlyMap<string, UserSession>;
}

/** Result of a strongly consistent read. An absent record is a result, not an error. */
export interface Found {
  /** The record, expired or not; the reason for which it cannot be used; or undefined without a record. */
  readonly session?: FoundSession | Unusable | undefined;
  readonly user?: UserRecord | undefined;
}
