import { mightReplace } from "../cookie/cookie-reach.ts";
import { CookieSession } from "../cookie/cookie-session.ts";
import {
  type SecureCookieOptions,
  SecureCookieSessionInterface,
} from "../cookie/secure-cookie-session-interface.ts";
import { createIdentifier, hashIdentifier } from "../crypto/identifiers.ts";
import { assertFunctions } from "../options/assert-functions.ts";
import { ownLifetime, RESERVED, userOf } from "../session/reserved-keys.ts";
import type { Session } from "../session/session.ts";
import { SessionConflictError } from "../session/session-errors.ts";
import type { SessionInterface, SessionRequest } from "../session/session-interface.ts";
import type { SessionEvent } from "../session/session-log.ts";
import { openedWith, outcomeOf, type SavedSession, type SessionChanges } from "../session/session-outcome.ts";
import type { UserSession } from "../stores/session-record.ts";
import type { UserSessionStore } from "../stores/session-store.ts";
import { MAX_READS, UserSessionList } from "./user-session-list.ts";

/** Options of a cookie session interface, and the store of the users' lists. */
export interface RevocableCookieOptions extends SecureCookieOptions {
  /** Stores the list of each user's sessions. */
  readonly store: UserSessionStore;
}

/** An entry in a user's list, as it was read when the session was opened. */
interface Listed {
  readonly userKey: string;
  readonly id: string;
  readonly entry: UserSession;
  /** The last second in which the cookie is valid, in seconds since the epoch. */
  readonly cookieExpiresAt: number | undefined;
}

/**
 * Keeps each session in a signed cookie that can be revoked (OWASP ASVS 5.0, 7.4.1): while a user is signed
 * in, the cookie is valid only as long as the user's list contains it. That costs one read for each request
 * of a signed-in user, and none for others. A cookie that was signed in before sessions were listed is not
 * valid.
 */
export class RevocableCookieSessionInterface implements SessionInterface {
  readonly #cookies: SecureCookieSessionInterface;
  readonly #store: UserSessionStore;
  readonly #listed = new WeakMap<CookieSession, Listed>();

  /** @throws OptionError that names the option */
  constructor({ store, ...options }: RevocableCookieOptions) {
    assertFunctions({ store: store?.readUser }, "a session store");
    this.#cookies = new SecureCookieSessionInterface(options);
    this.#store = store;
  }

  async open(request: SessionRequest): Promise<Session> {
    const session = await this.#cookies.open(request);
    const cookie = openedWith(session, CookieSession);
    if (cookie !== undefined) {
      cookie.storesId = true;
      if (request.cookies.length > 0) await this.#check(cookie);
    }
    return session;
  }

  async save(session: Session, request: SessionRequest): Promise<SavedSession> {
    const cookie = openedWith(session, CookieSession);
    if (cookie === undefined) return { vary: false };
    const listed = this.#listed.get(cookie);
    const outcome = outcomeOf(session);
    if (mightReplace(outcome, cookie.context, request)) return { vary: true };
    switch (outcome.status) {
      case "unused":
      case "read": {
        const isExtended = outcome.status === "read" || cookie.context.settings.refreshEachRequest;
        const saved = cookie.save(outcome);
        const last = saved.setCookie === undefined ? listed?.cookieExpiresAt : undefined;
        return isExtended && !(await this.#touch(cookie, listed, last)) ? deleteEnded(cookie) : saved;
      }
      case "changed":
        if (outcome.renewed && outcome.user !== undefined)
          return this.#saveListed(cookie, outcome, hashIdentifier(outcome.user.id), request);
    }
    if (listed !== undefined && outcome.cleared) await this.#remove(listed, cookie);
    else if (!(await this.#touch(cookie, listed)))
      throw new SessionConflictError("ended", deleteEnded(cookie));
    return cookie.save(outcome);
  }

  /**
   * Looks for the entry of a signed-in user's session. A session without an entry, or with one that has
   * expired, is refused, and the session of the next cookie is checked.
   */
  async #check(cookie: CookieSession): Promise<void> {
    for (let reads = 1; reads <= MAX_READS; reads++) {
      const { values, id, expiresAt: cookieExpiresAt } = cookie.open();
      const user = userOf(values);
      if (user === undefined) {
        delete values[RESERVED.id];
        return;
      }
      const userKey = hashIdentifier(user.id);
      const entry = id === undefined ? undefined : (await this.#store.readUser(userKey))?.sessions.get(id);
      if (id !== undefined && entry !== undefined && entry.expiresAt >= cookie.nowSeconds()) {
        this.#listed.set(cookie, { userKey, id, entry, cookieExpiresAt });
        cookie.endBy(entry.expiresAt);
        return;
      }
      cookie.refuse(entry === undefined ? "revoked" : "expired", reads === MAX_READS);
    }
  }

  /**
   * Saves a session that was signed in or renewed. It gets a new id, which invalidates the previous cookie. A
   * session that was only renewed must still be in the list.
   */
  async #saveListed(
    cookie: CookieSession,
    changes: SessionChanges,
    userKey: string,
    request: SessionRequest,
  ): Promise<SavedSession> {
    const listed = this.#listed.get(cookie);
    const id = createIdentifier();
    changes.values[RESERVED.id] = id;
    const saved = cookie.write(changes.values, changes.permanent);
    const replaced = listed?.userKey === userKey ? { id: listed.id, must: !changes.signedIn } : undefined;
    const added = await this.#listOf(cookie)
      .add(userKey, id, request, { replaced, authentication: changes.authentication })
      .catch(async (error: unknown) => {
        // If only the response was lost, the entry exists, although the session never began.
        await this.#store.removeUserSession(userKey, id).catch(() => {});
        throw error;
      });
    if (added === undefined) throw new SessionConflictError("ended", deleteEnded(cookie));
    for (const evicted of added) logEvent(cookie, "session_evicted", evicted);
    if (listed !== undefined && replaced === undefined) await this.#remove(listed, cookie);
    if (cookie.begins(changes)) cookie.context.log({ level: "INFO", event: "session_began", session: id });
    else logEvent(cookie, "session_renewed", id, changes.signedIn ? "sign_in" : "privilege");
    return saved;
  }

  /** Removes an entry, and logs that its session was destroyed. */
  async #remove({ userKey, id }: Listed, cookie: CookieSession): Promise<void> {
    if (await this.#store.removeUserSession(userKey, id)) logEvent(cookie, "session_destroyed", id);
  }

  /**
   * Extends the entry of a session when it is due, to the last second of a cookie that is not sent again.
   * Returns whether the session is still valid.
   */
  async #touch(cookie: CookieSession, listed: Listed | undefined, last?: number): Promise<boolean> {
    if (listed === undefined) return true;
    const createdAt = cookie.createdAtOf(cookie.open().values);
    return this.#listOf(cookie).touch(listed.userKey, listed.id, listed.entry, createdAt, last);
  }

  #listOf(cookie: CookieSession): UserSessionList {
    const { settings, nowSeconds, log } = cookie.context;
    const list = new UserSessionList({ store: this.#store, settings, nowSeconds, log });
    return list.withLifetime(ownLifetime(cookie.open().values));
  }
}

/** Logs that the session has ended, and returns the header that deletes its cookie. */
function deleteEnded(cookie: CookieSession): SavedSession {
  logEvent(cookie, "session_gone", cookie.open().id ?? "", "ended");
  return cookie.delete();
}

function logEvent(
  { context }: CookieSession,
  event: SessionEvent["event"],
  session: string,
  reason?: SessionEvent["reason"],
): void {
  context.log({ level: "INFO", event, session, ...(reason && { reason }) });
}
