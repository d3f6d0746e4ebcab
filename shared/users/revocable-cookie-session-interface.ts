import { SecureCookieSession } from "../cookie/secure-cookie-session.ts";
import {
  type SecureCookieOptions,
  SecureCookieSessionInterface,
} from "../cookie/secure-cookie-session-interface.ts";
import { deleteCookie } from "../cookie/session-cookie.ts";
import { hashOf, randomText } from "../crypto/identifiers.ts";
import { writeLog } from "../log/write-log.ts";
import { RESERVED } from "../session/reserved-keys.ts";
import type { Session } from "../session/session.ts";
import { SessionConflictError } from "../session/session-errors.ts";
import type { SavedSession, SessionInterface, SessionRequest } from "../session/session-interface.ts";
import type { SessionEvent, SessionLog } from "../session/session-log.ts";
import { isUser } from "../session/user.ts";
import type { UserSession, UserSessionStore } from "../stores/session-store.ts";
import { UserSessions } from "./user-sessions.ts";

/** What the interface is made of: what a cookie session takes, and where users' sessions are listed. */
export interface RevocableCookieOptions extends SecureCookieOptions {
  readonly store: UserSessionStore;
}

/** A session of a user, as it is listed. */
interface Listed {
  readonly userKey: string;
  readonly id: string;
  readonly entry: UserSession;
}

/**
 * Sessions in signed cookies that can be revoked (OWASP ASVS 5.0, 7.4.1): while somebody is signed in, the cookie
 * counts only as long as the user's list names it. That costs one read for each request of somebody signed in, and
 * none for others. A cookie that was signed in before sessions were listed does not count.
 */
export class RevocableCookieSessionInterface implements SessionInterface {
  readonly #cookies: SecureCookieSessionInterface;
  readonly #store: UserSessionStore;
  readonly #now: () => number;
  readonly #log: SessionLog;
  readonly #listed = new WeakMap<Session, Listed>();

  /** @throws OptionError that names the option */
  constructor({ store, ...options }: RevocableCookieOptions) {
    const { clock = () => Date.now(), log = writeLog } = options;
    this.#cookies = new SecureCookieSessionInterface(options);
    this.#store = store;
    this.#now = () => Math.floor(clock() / 1000);
    this.#log = log;
  }

  async open(request: SessionRequest): Promise<Session> {
    const session = await this.#cookies.open(request);
    if (request.cookies.length > 0 && session instanceof SecureCookieSession) await this.#check(session);
    return session;
  }

  async save(session: Session, request: SessionRequest): Promise<SavedSession> {
    if (!(session instanceof SecureCookieSession)) return this.#cookies.save(session, request);
    const listed = this.#listed.get(session);
    if (!session.accessed) return this.#saveUnused(session, request, listed);
    const { renewed, destroyed, user } = session;
    if (renewed && user !== undefined) return this.#saveListed(session, hashOf(user.id), request, listed);
    if (listed !== undefined && destroyed) await this.#remove(listed);
    if (listed !== undefined && !destroyed && !(await this.#touch(session, listed)))
      return this.#lose(session);
    return this.#cookies.save(session, request);
  }

  async #check(session: SecureCookieSession): Promise<void> {
    const { values, id } = session.look();
    const user = values[RESERVED.user];
    if (!isUser(user)) return;
    const userKey = hashOf(user.id);
    const entry = id === undefined ? undefined : (await this.#store.readUser(userKey))?.sessions.get(id);
    if (id !== undefined && entry !== undefined) this.#listed.set(session, { userKey, id, entry });
    else this.#refuse(session, id);
  }

  #refuse(session: SecureCookieSession, id: string | undefined): void {
    const { name: cookie } = session.settings.cookie;
    const record = { level: "WARN", event: "session_refused", reason: "revoked", cookie } as const;
    this.#log(id === undefined ? record : { ...record, session: id });
    session.disown("revoked");
  }

  /** What prolongs the cookie prolongs its entry. */
  async #saveUnused(
    session: SecureCookieSession,
    request: SessionRequest,
    listed: Listed | undefined,
  ): Promise<SavedSession> {
    const isProlonged = listed !== undefined && session.settings.refreshEachRequest;
    if (isProlonged && !(await this.#touch(session, listed))) return this.#lose(session);
    return this.#cookies.save(session, request);
  }

  async #remove({ userKey, id }: Listed): Promise<void> {
    if (await this.#store.removeUserSession(userKey, id)) this.#tell("session_destroyed", id);
  }

  /** With a new name, so that the cookie of before counts no more. What only renews must still be listed. */
  async #saveListed(
    session: SecureCookieSession,
    userKey: string,
    request: SessionRequest,
    listed: Listed | undefined,
  ): Promise<SavedSession> {
    const id = randomText();
    session.setReserved(RESERVED.id, id);
    const saved = this.#cookies.prepare(session, request);
    const isSignIn = session.changedKeys.has(RESERVED.user);
    const replaced = listed?.userKey === userKey ? { id: listed.id, must: !isSignIn } : undefined;
    const added = await this.#users(session)
      .add(userKey, id, request, replaced)
      .catch((error: unknown) => this.#unlist(userKey, id, error));
    if (added === undefined) return this.#lose(session);
    if (listed !== undefined && replaced === undefined) await this.#remove(listed);
    if (session.isNew) this.#log({ level: "INFO", event: "session_began", session: id });
    else this.#tell("session_renewed", id, isSignIn ? "sign_in" : "privilege");
    return saved;
  }

  /** When the answer was lost, it may have been listed; it never began. */
  async #unlist(userKey: string, id: string, error: unknown): Promise<never> {
    await this.#store.removeUserSession(userKey, id).catch(() => {});
    throw error;
  }

  #touch(session: SecureCookieSession, { userKey, id, entry }: Listed): Promise<boolean> {
    const createdAt = Number(session.look().values[RESERVED.created]);
    return this.#users(session).touch(userKey, id, entry, createdAt);
  }

  #lose(session: SecureCookieSession): SavedSession {
    const saved = { setCookie: deleteCookie(session.settings.cookie), vary: true };
    this.#tell("session_gone", session.id ?? "", "ended");
    if (session.modified) throw new SessionConflictError("ended", saved);
    return saved;
  }

  #users({ settings }: SecureCookieSession): UserSessions {
    return new UserSessions({ store: this.#store, settings, now: this.#now, log: this.#log });
  }

  #tell(event: SessionEvent["event"], session: string, reason?: SessionEvent["reason"]): void {
    this.#log({ level: "INFO", event, session, ...(reason && { reason }) });
  }
}
