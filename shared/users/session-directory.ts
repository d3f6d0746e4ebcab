import { hashIdentifier, hashProviderSession } from "../crypto/identifiers.ts";
import { writeLog } from "../log/write-log.ts";
import { assertFunctions } from "../options/assert-functions.ts";
import { Session } from "../session/session.ts";
import type { SessionLog } from "../session/session-log.ts";
import { isSigningIn } from "../session/session-outcome.ts";
import type { SessionStore, UserSessionStore } from "../stores/session-store.ts";
import { tryUntilDone } from "../stores/try-until-done.ts";
import { type EndListedOptions, endListed, type Removal } from "./end-listed.ts";
import type { ProviderSession, UserKey } from "./provider-session.ts";
import { describeSession, type SessionDescription } from "./session-description.ts";

/** Options of `SessionDirectory`. */
export interface SessionDirectoryOptions {
  /** Stores the list of each user's sessions. */
  readonly users: UserSessionStore;
  /** Stores the sessions themselves, unless they are in cookies. */
  readonly store?: Pick<SessionStore, "read" | "end">;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Receives what happens to sessions. Default: one line of JSON for each record. */
  readonly log?: SessionLog;
}

/** The session of the current request. */
export type CurrentSession = Pick<Session, "id" | "user" | "signOut">;

/** Lists and ends the sessions of users on all their devices (OWASP ASVS 5.0, 7.5.2). */
export class SessionDirectory {
  readonly #users: UserSessionStore;
  readonly #store: SessionDirectoryOptions["store"];
  readonly #now: () => number;
  readonly #log: SessionLog;

  /** @throws OptionError that names the option */
  constructor({ users, store, clock = () => Date.now(), log = writeLog }: SessionDirectoryOptions) {
    assertFunctions({ users: users?.readUser }, "a session store");
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
    return living.map(([id, entry]) => describeSession(id, entry, session.id));
  }

  /**
   * Ends one session of the user who is signed in, and returns whether the user had it. The current one ends
   * with the request.
   */
  async end(session: CurrentSession, id: string): Promise<boolean> {
    const { user } = session;
    if (!user) return false;
    const userKey = hashIdentifier(user.id);
    const remove = async () => ((await this.#users.removeUserSession(userKey, id)) ? [id] : []);
    const isTheirs = (await this.#end(userKey, remove)) === 1;
    if (isTheirs && id === session.id) session.signOut();
    return isTheirs;
  }

  /**
   * Ends all other sessions of the user who is signed in, and returns their number. If the request signs the
   * user in, call it after `signIn`. Otherwise it ends none if the current session was ended meanwhile.
   */
  async endOthers(session: CurrentSession): Promise<number> {
    const { user, id } = session;
    if (!user) return 0;
    const userKey = hashIdentifier(user.id);
    if (session instanceof Session && isSigningIn(session))
      return this.#end(userKey, () => this.#removeAllBut(userKey, id));
    return id === undefined ? 0 : this.#end(userKey, () => this.#users.removeUserSessions(userKey, id));
  }

  /** Ends all sessions of the user who is signed in with the current one, and returns their number. */
  async endAll(session: CurrentSession): Promise<number> {
    const { user } = session;
    if (!user) return 0;
    const count = await this.endAllOf(user.id);
    session.signOut();
    return count;
  }

  /** Ends all sessions of any user, and returns their number. The caller must check that this is allowed. */
  async endAllOf(userId: string): Promise<number> {
    const userKey = hashIdentifier(userId);
    return this.#end(userKey, () => this.#users.removeUserSessions(userKey));
  }

  /**
   * Ends the sessions of any user that one session of an identity provider has signed in, or all of this
   * provider's (OpenID Connect Back-Channel Logout 1.0, section 2.7), and returns their number. A sign-in
   * that is saved later is not ended. The caller must verify that the provider has signed the user out.
   *
   * @param user the user's id, or its hash
   */
  async endByProvider(user: string | UserKey, { issuer, sessionId }: ProviderSession): Promise<number> {
    const userKey = typeof user === "string" ? hashIdentifier(user) : user.userKey;
    const hash = hashProviderSession(issuer, sessionId);
    return this.#end(userKey, () => this.#users.removeProviderSessions(userKey, hash), "provider_sign_out");
  }

  /**
   * Removes all sessions but one, even if that one is not in the list: the sign-in under way adds it when it
   * is saved. Returns the ids of the removed sessions.
   */
  #removeAllBut(userKey: string, id = ""): Promise<readonly string[]> {
    return tryUntilDone(async () => {
      const { sessions } = (await this.#users.readUser(userKey)) ?? { sessions: new Map() };
      const isListed = sessions.has(id);
      if (sessions.size === Number(isListed)) return [];
      const removed = await this.#users.removeUserSessions(userKey, isListed ? id : undefined);
      const others = removed.filter((other) => other !== id);
      return others.length > 0 ? others : undefined;
    });
  }

  /** Removes sessions from the list, ends their records, and returns how many had not expired. */
  async #end(userKey: string, remove: Removal, cause?: EndListedOptions["cause"]): Promise<number> {
    const before = (await this.#users.readUser(userKey))?.sessions;
    const removed = await remove();
    const ids = removed.filter((id) => !(Number(before?.get(id)?.expiresAt) < this.#now()));
    const common = { userKey, users: this.#users, store: this.#store, now: this.#now(), log: this.#log };
    return endListed(ids, { ...common, reason: "revoked", cause });
  }
}
