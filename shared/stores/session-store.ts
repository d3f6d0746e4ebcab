import type { EndReason } from "../session/session-log.ts";
import type {
  ChangeResult,
  EndCondition,
  Found,
  FoundSession,
  RecordChange,
  SessionRecord,
  UserRecord,
  UserSession,
} from "./session-record.ts";

/** Stores the lists of users' sessions, which revoke sessions. All reads are strongly consistent. */
export interface UserSessionStore {
  readUser(userKey: string): Promise<UserRecord | undefined>;

  /**
   * Adds a session and removes others in one write, if the list still has this generation; 0 means that there
   * is no list. Returns whether the write succeeded.
   */
  addUserSession(userKey: string, change: UserSessionChange): Promise<boolean>;

  /**
   * Records a session's last use, unless a later one is recorded. Returns whether the session is still in the
   * user's list.
   */
  touchUserSession(
    userKey: string,
    id: string,
    seen: Pick<UserSession, "lastSeenAt" | "expiresAt">,
  ): Promise<boolean>;

  /** Removes one session. Returns whether it existed. */
  removeUserSession(userKey: string, id: string): Promise<boolean>;

  /**
   * Removes all sessions in one write that cannot miss a session, even if sessions are added in parallel.
   * With `except`, removes all but this one, or none if that one no longer exists.
   *
   * @returns the ids of the removed sessions
   */
  removeUserSessions(userKey: string, except?: string): Promise<readonly string[]>;

  /**
   * Removes the sessions whose `providerSession` begins with this hash, in one write that is made only while
   * the list has the same members as when it was read; otherwise it is read again.
   *
   * @returns the ids of the removed sessions
   */
  removeProviderSessions(userKey: string, providerSession: string): Promise<readonly string[]>;
}

/** Session to add to a user's list. */
export interface UserSessionChange {
  /** Generation of the list that was read. */
  readonly generation: number;
  readonly id: string;
  readonly session: UserSession;
  /** Ids of other sessions to remove. */
  readonly remove: readonly string[];
}

/**
 * Stores server-side sessions.
 *
 * Absent, expired and ended sessions are results; errors mean that the system failed. Every write is one
 * atomic step with its condition: of two writes with conditions that exclude each other, one fails. A write
 * that reaches the store twice counts once. Ids and keys are hashes, so a store never contains a token.
 * `describeSessionStore` (`lambda-sessions/contracts`) defines the tests that every implementation must pass.
 *
 * @throws SessionUnavailableError if the system fails
 */
export interface SessionStore extends UserSessionStore {
  /** Reads one session and, with `userKey`, its user's list, strongly consistent, in one call. */
  read(id: string, userKey?: string): Promise<Found>;

  /**
   * Writes a new record under an id that was never used.
   *
   * @throws SessionTooLargeError if the record is too large for the store
   */
  begin(id: string, record: SessionRecord): Promise<void>;

  /**
   * Changes a record if it exists, has not expired at `now` and its condition passes.
   *
   * @param known the record as it was last found
   * @throws SessionTooLargeError if the record would be too large for the store
   */
  change(id: string, change: RecordChange, known: FoundSession): Promise<ChangeResult>;

  /**
   * Ends a session and deletes its data, and no later write can restore it. Returns whether the session
   * existed and had not already ended, even if it has expired.
   *
   * @param only condition of the record; if it fails, nothing is written
   */
  end(
    id: string,
    ending: {
      readonly reason: EndReason;
      readonly now: number;
      readonly only?: EndCondition;
    },
  ): Promise<boolean>;
}
