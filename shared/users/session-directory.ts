import { hashIdentifier } from "../crypto/identifiers.ts";
import { writeLog } from "../log/write-log.ts";
import type { Session } from "../session/session.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { UserSession } from "../stores/session-record.ts";
import type { SessionStore, UserSessionStore } from "../stores/session-store.ts";

/** Options of `SessionDirectory`. */
export interface SessionDirectoryOptions {
  /** Stores the list of each user's sessions. */
  readonly users: UserSessionStore;
  /** Stores the sessions themselves, unless they are in cookies. */
  readonly store?: Pick<SessionStore, "end">;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Receives what happens to sessions. Default: one line of JSON for each record. */
  readonly log?: SessionLog;
}

/** The session of the current request. */
export type CurrentSession = Pick<Session, "id" | "user" | "signOut">;

/** One of a user's sessions, as the user may see it. */
export interface SessionDescription {
  /** The id of the session. It is no secret. */
  readonly id: string;
  /** When the user signed in. */
  readonly createdAt: Date;
  /** When it was last used, rounded down by up to a tenth of its lifetime. */
  readonly lastSeenAt: Date;
  /** When it expires unless it is used before. */
  readonly expiresAt: Date;
  /** The User-Agent header at sign-in. Clients can send any value. */
  readonly userAgent?: string | undefined;
  /** The network address at sign-in, as the gateway reported it. */
  readonly address?: string | undefined;
  /** Whether it is the session of the current request. */
  readonly isCurrent: boolean;
}

/** Lists and ends the sessions of users on all their devices (OWASP ASVS 5.0, 7.5.2). */
export class SessionDirectory {
  readonly #users: UserSessionStore;
  readonly #store: Pick<SessionStore, "end"> | undefined;
  readonly #now: () => number;
  readonly #log: SessionLog;

  constructor({ users, store, clock = () => Date.now(), log = writeLog }: SessionDirectoryOptions) {
    this.#users = users;
    this.#store = store;
    this.#now = () => Math.floor(clock() / 1000);
    this.#log = log;
  }

  /**
   * Returns the sessions of the user who is signed in, the last used first. Empty if no user is signed in.
   */
  async list(session: CurrentSession): Promise<SessionDescription[]> {
    const { user } = session;
    const record = user && (await this.#users.readUser(hashIdentifier(user.id)));
    const living = [...(record?.sessions ?? [])].filter(([, { expiresAt }]) => expiresAt >= this.#now());
    living.sort(([, one], [, other]) => other.lastSeenAt - one.lastSeenAt);
    return living.map(([id, entry]) => ({ ...describe(id, entry), isCurrent: id === session.id }));
  }

  /**
   * Ends one session of the user who is signed in, and returns whether the user had it. The current one ends
   * with the request.
   */
  async end(session: CurrentSession, id: string): Promise<boolean> {
    const { user } = session;
    if (user === undefined || !(await this.#users.removeUserSession(hashIdentifier(user.id), id)))
      return false;
    await this.#close(hashIdentifier(user.id), [id]);
    if (id === session.id) session.signOut();
    return true;
  }

  /** Ends all other sessions of the user who is signed in, and returns their number. */
  async endOthers(session: CurrentSession): Promise<number> {
    const { user, id } = session;
    if (user === undefined || id === undefined) return 0;
    const userKey = hashIdentifier(user.id);
    return this.#close(userKey, await this.#users.removeUserSessions(userKey, id));
  }

  /** Ends all sessions of the user who is signed in with the current one, and returns their number. */
  async endAll(session: CurrentSession): Promise<number> {
    const { user } = session;
    if (user === undefined) return 0;
    const count = await this.endAllOf(user.id);
    session.signOut();
    return count;
  }

  /** Ends all sessions of any user, and returns their number. The caller must check that this is allowed. */
  async endAllOf(userId: string): Promise<number> {
    const userKey = hashIdentifier(userId);
    return this.#close(userKey, await this.#users.removeUserSessions(userKey));
  }

  /** Logs sessions that were removed from the list, and ends their records, which stops writes under way. */
  async #close(userKey: string, ids: readonly string[]): Promise<number> {
    for (const session of ids) this.#log({ level: "INFO", event: "session_revoked", session });
    await Promise.allSettled(ids.map((id) => this.#endRecord(userKey, id)));
    return ids.length;
  }

  /** Ends a record, and removes the entry of a sign-in that was made meanwhile. */
  async #endRecord(userKey: string, id: string): Promise<void> {
    const ended = await this.#store?.end(id, { reason: "revoked", now: this.#now() });
    if (ended) await this.#users.removeUserSession(userKey, id);
  }
}

function describe(id: string, entry: UserSession): Omit<SessionDescription, "isCurrent"> {
  const { createdAt, lastSeenAt, expiresAt, userAgent, address } = entry;
  return {
    id,
    createdAt: toDate(createdAt),
    lastSeenAt: toDate(lastSeenAt),
    expiresAt: toDate(expiresAt),
    userAgent,
    address,
  };
}

function toDate(seconds: number): Date {
  return new Date(seconds * 1000);
}
