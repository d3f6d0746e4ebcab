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

/** Where the sessions of users are listed: what revokes them. All reads are strongly consistent. */
export interface UserSessionStore {
  readUser(userKey: string): Promise<UserRecord | undefined>;

  /**
   * Adds a session and removes others in one write, if the record still has this generation; 0 means that
   * there is none. Says whether it was done.
   */
  addUserSession(userKey: string, change: UserSessionChange): Promise<boolean>;

  /**
   * Notes that a session was seen, unless it was seen later than that. Says whether it is still among the
   * user's.
   */
  touchUserSession(
    userKey: string,
    id: string,
    seen: Pick<UserSession, "lastSeenAt" | "expiresAt">,
  ): Promise<boolean>;

  /** Removes one session, and says whether it was there. */
  removeUserSession(userKey: string, id: string): Promise<boolean>;

  /**
   * Removes all sessions in one write that cannot miss one, whatever is added meanwhile; with `except`, all
   * but this one, and nothing when that one is not there any more.
   *
   * @returns the ids of those that were removed
   */
  removeUserSessions(userKey: string, except?: string): Promise<readonly string[]>;
}

/** A session to add to a user's. */
export interface UserSessionChange {
  /** The generation of the record as it was read. */
  readonly generation: number;
  readonly id: string;
  readonly session: UserSession;
  /** Other sessions to remove. */
  readonly remove: readonly string[];
}

/**
 * The table behind server-side sessions.
 *
 * Absent, expired and ended are ordinary answers; what throws is a failing system. Every write is one atomic
 * step with its condition: of two writes with conditions that exclude each other, one is not done. A write
 * that reaches the store twice counts once. Ids and keys are hashes, so a store never holds what opens a
 * session. `test/shared/stores/session-store-contract.ts` is the suite that every implementation passes.
 *
 * @throws SessionUnavailableError when the system fails
 */
export interface SessionStore extends UserSessionStore {
  /** One session and the user to whom it may be bound, strongly consistent, in one go. */
  read(id: string, userKey?: string): Promise<Found>;

  /**
   * Keeps a new record under an id that nobody used before.
   *
   * @throws SessionTooLargeError when the record is too large for the store
   */
  begin(id: string, record: SessionRecord): Promise<void>;

  /**
   * Changes a record that is there, not over at `now`, and fulfils the condition.
   *
   * @param known the record as it was last found
   * @throws SessionTooLargeError when the record would be too large for the store
   */
  change(id: string, change: RecordChange, known: FoundSession): Promise<ChangeResult>;

  /**
   * Ends a session for good: its data is gone, and no write brings it back, be it ever so late. Says whether
   * it was there and not ended before; whether it has expired does not matter.
   *
   * @param only what must hold of the record; when it does not, nothing is done
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
