import { CookieOpener, type SecureCookieOptions } from "../cookie/cookie-opener.ts";
import type { CookieSession } from "../cookie/cookie-session.ts";
import { SessionContexts } from "../cookie/session-contexts.ts";
import { hashOf, randomText } from "../crypto/identifiers.ts";
import { RESERVED } from "../session/reserved-keys.ts";
import type { Session } from "../session/session.ts";
import { outcomeOf } from "../session/session.ts";
import { SessionConflictError } from "../session/session-errors.ts";
import type { SessionInterface, SessionRequest } from "../session/session-interface.ts";
import type { SavedSession, SessionChanges } from "../session/session-outcome.ts";
import { isUser } from "../session/user.ts";
import type { UserSessionStore } from "../stores/session-store.ts";
import {
  conflict,
  isBeginning,
  type Listed,
  logEvent,
  lose,
  type RevocableSession,
  touch,
} from "./revocable-session.ts";
import { UserSessionList } from "./user-session-list.ts";

/** Options of a cookie session interface, and where the sessions of users are listed. */
export interface RevocableCookieOptions extends SecureCookieOptions {
  readonly store: UserSessionStore;
}

/**
 * Keeps each session in a signed cookie that can be revoked (OWASP ASVS 5.0, 7.4.1): while a user is signed in, the
 * cookie is valid only as long as the user's list contains it. That costs one read for each request of a signed-in user,
 * and none for others. A cookie that was signed in before sessions were listed is not valid.
 */
export class RevocableCookieSessionInterface implements SessionInterface {
  readonly #opener: CookieOpener;
  readonly #store: UserSessionStore;
  readonly #contexts = new SessionContexts<RevocableSession>();

  /** @throws OptionError that names the option */
  constructor({ store, ...options }: RevocableCookieOptions) {
    this.#opener = new CookieOpener(options);
    this.#store = store;
  }

  async open(request: SessionRequest): Promise<Session> {
    const cookie = await this.#opener.open(request);
    if (cookie === undefined) return this.#contexts.openNull();
    const listed = request.cookies.length > 0 ? await this.#find(cookie) : undefined;
    const { settings, nowSeconds, log } = cookie.context;
    const list = new UserSessionList({ store: this.#store, settings, nowSeconds, log });
    return this.#contexts.open(cookie.options, { cookie, listed, list });
  }

  async save(session: Session, request: SessionRequest): Promise<SavedSession> {
    const context = this.#contexts.of(session);
    if (context === undefined) return { vary: false };
    const { cookie, listed } = context;
    const outcome = outcomeOf(session);
    const hasCookies = request.cookies.length > 0;
    if (outcome.status === "unused" || outcome.status === "read") {
      const isExtended = outcome.status === "read" || cookie.context.settings.refreshEachRequest;
      if (isExtended && !(await touch(context))) return lose(cookie);
      return cookie.save(outcome, hasCookies);
    }
    if (outcome.renewed && outcome.user !== undefined)
      return this.#saveListed(context, outcome, hashOf(outcome.user.id), request);
    if (listed !== undefined && outcome.cleared) await this.#remove(listed, cookie);
    else if (!(await touch(context))) throw conflict(cookie);
    const saved = cookie.save(outcome, hasCookies);
    if (outcome.status === "changed" && isBeginning(outcome, cookie))
      cookie.context.log({ level: "INFO", event: "session_began" });
    return saved;
  }

  /** Returns the entry of the session of a signed-in user. A session without an entry is replaced by a new one. */
  async #find(cookie: CookieSession): Promise<Listed | undefined> {
    const { values, id } = cookie.opened;
    const user = values[RESERVED.user];
    if (!isUser(user)) return undefined;
    const userKey = hashOf(user.id);
    const entry = id === undefined ? undefined : (await this.#store.readUser(userKey))?.sessions.get(id);
    if (id !== undefined && entry !== undefined) return { userKey, id, entry };
    const { log, settings } = cookie.context;
    const record = { level: "WARN", event: "session_refused", reason: "revoked" } as const;
    log({ ...record, cookie: settings.cookie.name, ...(id !== undefined && { session: id }) });
    cookie.refuse("revoked");
    return undefined;
  }

  async #remove({ userKey, id }: Listed, cookie: CookieSession): Promise<void> {
    if (await this.#store.removeUserSession(userKey, id)) logEvent(cookie, "session_destroyed", id);
  }

  /**
   * Saves a session that was signed in or renewed. It gets a new id, so that the previous cookie is not valid any more;
   * one that was only renewed must still be in the list.
   */
  async #saveListed(
    { cookie, listed, list }: RevocableSession,
    changes: SessionChanges,
    userKey: string,
    request: SessionRequest,
  ): Promise<SavedSession> {
    const id = randomText();
    changes.values[RESERVED.id] = id;
    const saved = cookie.write(changes.values, changes.permanent);
    const replaced = listed?.userKey === userKey ? { id: listed.id, must: !changes.signedIn } : undefined;
    try {
      if ((await list.add(userKey, id, request, replaced)) === undefined) throw conflict(cookie);
    } catch (error) {
      // If only the response was lost, the entry exists; but the session never began.
      if (!(error instanceof SessionConflictError))
        await this.#store.removeUserSession(userKey, id).catch(() => {});
      throw error;
    }
    if (listed !== undefined && replaced === undefined) await this.#remove(listed, cookie);
    if (isBeginning(changes, cookie))
      cookie.context.log({ level: "INFO", event: "session_began", session: id });
    else logEvent(cookie, "session_renewed", id, changes.signedIn ? "sign_in" : "privilege");
    return saved;
  }
}
