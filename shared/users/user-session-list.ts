import { hashProviderSession } from "../crypto/identifiers.ts";
import { SessionLimitError } from "../session/session-errors.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import type { Authentication } from "../session/sign-in/authentication.ts";
import { isTenthOver, lifeOf, settingsFor } from "../stores/session-life.ts";
import type { UserRecord, UserSession } from "../stores/session-record.ts";
import type { UserSessionStore } from "../stores/session-store.ts";
import { tryUntilDone } from "../stores/try-until-done.ts";
import { shortenUserAgent } from "./shorten-user-agent.ts";

/** Options of `UserSessionList`. */
export interface UserSessionListOptions {
  /** Stores the list of each user's sessions. */
  readonly store: UserSessionStore;
  readonly settings: ResolvedSettings;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
  readonly log: SessionLog;
}

/** Maximum number of store reads for one request (one per cookie). Browsers send one cookie. */
export const MAX_READS = 4;

/** A session that another one replaces. */
export interface ReplacedSession {
  readonly id: string;
  /** True if nothing is added if this session is not in the list any more. */
  readonly must: boolean;
}

/** Parts of a new entry that not every entry has. */
export interface EntryOptions {
  readonly replaced?: ReplacedSession | undefined;
  /** Authentication of the user, if the sign-in states it. */
  readonly authentication?: Authentication | undefined;
}

/** The list of each user's sessions. A user's session is valid only while the list contains it. */
export class UserSessionList {
  readonly #options: UserSessionListOptions;

  constructor(options: UserSessionListOptions) {
    this.#options = options;
  }

  /** Returns the list for a session with this lifetime of its own. */
  withLifetime(lifetime: number | undefined): UserSessionList {
    if (lifetime === undefined) return this;
    const settings = settingsFor(this.#options.settings, lifetime);
    return new UserSessionList({ ...this.#options, settings });
  }

  /**
   * Adds a session, and removes the replaced one, the expired ones, and as many as exceed the cap.
   *
   * @returns the ids of the evicted sessions, which the caller ends by `endListed`; `undefined` if the
   * session to replace must be in the list, but is not
   * @throws SessionLimitError when the user has too many sessions and the settings refuse the new one
   */
  async add(
    userKey: string,
    id: string,
    request: SessionRequest,
    { replaced, authentication }: EntryOptions = {},
  ): Promise<readonly string[] | undefined> {
    const { store, settings, nowSeconds } = this.#options;
    const signIn = { ...describeSignIn(request, nowSeconds()), ...describeProvider(authentication) };
    const evicted = await tryUntilDone(async () => {
      const record = await store.readUser(userKey);
      const renewed = replaced?.must ? record?.sessions.get(replaced.id) : undefined;
      if (replaced?.must && renewed === undefined) return NOT_LISTED;
      const { createdAt, ...origin } = renewed ?? signIn;
      const session = { ...origin, createdAt, ...this.#life(createdAt) };
      const { expired, surplus } = this.#toRemove(record, [id, replaced?.id]);
      if (surplus.length > 0 && settings.sessionLimitPolicy === "refuse-new") throw this.#refuse(id);
      const remove = [...expired, ...surplus, ...(replaced ? [replaced.id] : [])];
      const change = { generation: record?.generation ?? 0, id, session, remove };
      return (await store.addUserSession(userKey, change)) ? surplus : undefined;
    });
    return evicted === NOT_LISTED ? undefined : evicted;
  }

  /**
   * Extends an entry if a tenth of the lifetime has passed. Returns whether the session is still in the list.
   * The time of the last use only increases: a store ignores a write with an earlier one, which a slow clock
   * would cause.
   *
   * @param last the last second of a session that is not extended itself. Default: the session is extended
   */
  async touch(
    userKey: string,
    id: string,
    session: UserSession,
    createdAt: number,
    last?: number,
  ): Promise<boolean> {
    if (!this.isDue(session, createdAt, last)) return true;
    const life = this.#life(createdAt, last);
    const lastSeenAt = Math.max(life.lastSeenAt, session.lastSeenAt);
    return this.#options.store.touchUserSession(userKey, id, { ...life, lastSeenAt });
  }

  /**
   * Returns whether an entry is due: a tenth of the lifetime has passed, it can be extended by a tenth, or
   * the lifetime is shorter than when it was written.
   */
  isDue({ lastSeenAt, expiresAt }: UserSession, createdAt: number, last?: number): boolean {
    const { settings } = this.#options;
    const life = this.#life(createdAt, last);
    return (
      isTenthOver(settings, lastSeenAt, life.lastSeenAt) ||
      isTenthOver(settings, expiresAt, life.expiresAt) ||
      expiresAt > lifeOf(settings, createdAt, lastSeenAt).expiresAt
    );
  }

  /** Returns the times of an entry that is used now. A session is valid only until its entry expires. */
  #life(createdAt: number, last = Number.POSITIVE_INFINITY): Pick<UserSession, "lastSeenAt" | "expiresAt"> {
    const { settings, nowSeconds } = this.#options;
    const { lastSeenAt, expiresAt } = lifeOf(settings, createdAt, nowSeconds());
    return { lastSeenAt, expiresAt: Math.min(expiresAt, last) };
  }

  /** Returns the ids of the expired sessions and of those that exceed the cap, without the own ones. */
  #toRemove(
    record: UserRecord | undefined,
    own: readonly (string | undefined)[],
  ): { expired: string[]; surplus: string[] } {
    const others = [...(record?.sessions ?? [])].filter(([id]) => !own.includes(id));
    const isExpired = ([, { expiresAt }]: [string, UserSession]): boolean =>
      expiresAt < this.#options.nowSeconds();
    const living = others
      .filter((entry) => !isExpired(entry))
      .sort(([, one], [, other]) => one.lastSeenAt - other.lastSeenAt);
    const excess = living.length + 1 - this.#options.settings.maxSessionsPerUser;
    const surplus = living.slice(0, Math.max(excess, 0));
    return { expired: others.filter(isExpired).map(idOf), surplus: surplus.map(idOf) };
  }

  /** Logs that a session was refused, and returns the error. */
  #refuse(id: string): SessionLimitError {
    this.#options.log({ level: "WARN", event: "session_limit_reached", session: id });
    return new SessionLimitError(this.#options.settings.maxSessionsPerUser);
  }
}

/** Marks that the session to replace is not in the list. */
const NOT_LISTED: readonly string[] = [];

function idOf([id]: [string, UserSession]): string {
  return id;
}

/** @throws TypeError for an issuer or an id that is not a non-empty string */
function describeProvider({
  issuer,
  providerSessionId,
}: Authentication = {}): Pick<UserSession, "providerSession"> {
  if (issuer === undefined && providerSessionId === undefined) return {};
  return { providerSession: hashProviderSession(issuer as string, providerSessionId) };
}

function describeSignIn(
  request: SessionRequest,
  createdAt: number,
): Pick<UserSession, "createdAt" | "userAgent" | "address"> {
  const header = request.header("user-agent");
  const userAgent = header === undefined ? undefined : shortenUserAgent(header);
  return { createdAt, userAgent, address: request.address };
}
