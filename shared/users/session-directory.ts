import { hashIdentifier } from "../crypto/identifiers.ts";
import { writeLog } from "../log/write-log.ts";
import type { Session } from "../session/session.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { UserSession } from "../stores/session-record.ts";
import type { SessionStore, UserSessionStore } from "../stores/session-store.ts";

/** Options of the directory. */
export interface SessionDirectoryOptions {
  /** Where the sessions of users are listed. */
  readonly users: UserSessionStore;
  /** Where the sessions themselves are, unless they are in cookies. */
  readonly store?: Pick<SessionStore, "end">;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Default: one line of JSON for each record. */
  readonly log?: SessionLog;
}

/** The session that asks. */
export type AskingSession = Pick<Session, "id" | "user" | "signOut">;

/** One of a user's sessions, as the user may see it. */
export interface SessionDescription {
  /** Names the session; it opens nothing. */
  readonly id: string;
  /** When the user signed in. */
  readonly began: Date;
  /** When it was last used, to a tenth of its lifetime. */
  readonly lastSeen: Date;
  /** When it ends at the latest, unless it is used before. */
  readonly expires: Date;
  /** The browser's User-Agent header at sign-in, as given: anything may stand there. */
  readonly userAgent?: string | undefined;
  /** The network address at sign-in, as the gateway gave it. */
  readonly address?: string | undefined;
  /** Whether it is the session that asks. */
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

  /** The sessions of the user who is signed in, the one last seen first; none when nobody is. */
  async list(session: AskingSession): Promise<SessionDescription[]> {
    const { user } = session;
    const record = user && (await this.#users.readUser(hashIdentifier(user.id)));
    const living = [...(record?.sessions ?? [])].filter(([, { expiresAt }]) => expiresAt >= this.#now());
    living.sort(([, one], [, other]) => other.lastSeenAt - one.lastSeenAt);
    return living.map(([id, entry]) => ({ ...description(id, entry), isCurrent: id === session.id }));
  }

  /**
   * Ends one session of the user who is signed in; its own ends with the request.
   *
   * @returns whether the user has a session of that id
   */
  async end(session: AskingSession, id: string): Promise<boolean> {
    const { user } = session;
    if (user === undefined || !(await this.#users.removeUserSession(hashIdentifier(user.id), id)))
      return false;
    await this.#close(hashIdentifier(user.id), [id]);
    if (id === session.id) session.signOut();
    return true;
  }

  /** Ends all other sessions of the user who is signed in, and says how many there were. */
  async endOthers(session: AskingSession): Promise<number> {
    const { user, id } = session;
    if (user === undefined || id === undefined) return 0;
    const userKey = hashIdentifier(user.id);
    return this.#close(userKey, await this.#users.removeUserSessions(userKey, id));
  }

  /** Ends all sessions of the user who is signed in, this one too, and says how many there were. */
  async endAll(session: AskingSession): Promise<number> {
    const { user } = session;
    if (user === undefined) return 0;
    const count = await this.endAllOf(user.id);
    session.signOut();
    return count;
  }

  /**
   * Ends all sessions of any user, and says how many there were: for what has its own proof that it may, such
   * as a change of the password or an administrator's function.
   */
  async endAllOf(userId: string): Promise<number> {
    const userKey = hashIdentifier(userId);
    return this.#close(userKey, await this.#users.removeUserSessions(userKey));
  }

  /**
   * Not being listed ended them. Ending their records too stops the writes of requests that are under way;
   * who signed in with one of them in between is listed no more either.
   */
  async #close(userKey: string, ids: readonly string[]): Promise<number> {
    for (const session of ids) this.#log({ level: "INFO", event: "session_revoked", session });
    await Promise.allSettled(ids.map((id) => this.#endRecord(userKey, id)));
    return ids.length;
  }

  async #endRecord(userKey: string, id: string): Promise<void> {
    const ended = await this.#store?.end(id, { reason: "revoked", now: this.#now() });
    if (ended) await this.#users.removeUserSession(userKey, id);
  }
}

function description(id: string, entry: UserSession): Omit<SessionDescription, "isCurrent"> {
  const { createdAt, lastSeenAt, expiresAt, userAgent, address } = entry;
  return {
    id,
    began: date(createdAt),
    lastSeen: date(lastSeenAt),
    expires: date(expiresAt),
    userAgent,
    address,
  };
}

function date(seconds: number): Date {
  return new Date(seconds * 1000);
}
