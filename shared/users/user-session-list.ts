import { SessionLimitError } from "../session/session-errors.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import { isTenthOver, lifeOf } from "../stores/session-life.ts";
import type { UserRecord, UserSession } from "../stores/session-record.ts";
import type { UserSessionStore } from "../stores/session-store.ts";
import { tryUntilDone } from "../stores/try-until-done.ts";

/** Options of `UserSessionList`. */
export interface UserSessionListOptions {
  /** Stores the list of each user's sessions. */
  readonly store: UserSessionStore;
  readonly settings: ResolvedSettings;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
  readonly log: SessionLog;
}

/** A session that another one replaces. */
export interface ReplacedSession {
  readonly id: string;
  /** Whether nothing is added if this session is not in the list any more. */
  readonly must: boolean;
}

/** The maximum stored length of a User-Agent header, in UTF-16 code units. */
const LONGEST_USER_AGENT = 256;

/** The list of each user's sessions. A user's session is valid only while the list contains it. */
export class UserSessionList {
  readonly #options: UserSessionListOptions;

  constructor(options: UserSessionListOptions) {
    this.#options = options;
  }

  /**
   * Adds a session, and removes the replaced one, the expired ones, and as many as exceed the cap.
   *
   * @returns the ids of the evicted sessions; `undefined` if the session to replace must be in the list, but
   * is not
   * @throws SessionLimitError when the user has too many sessions and the settings refuse the new one
   */
  async add(
    userKey: string,
    id: string,
    request: SessionRequest,
    replaced?: ReplacedSession,
  ): Promise<readonly string[] | undefined> {
    const { store, settings, nowSeconds, log } = this.#options;
    const session = toEntry(request, this.#life(nowSeconds()), nowSeconds());
    const evicted = await tryUntilDone(async () => {
      const record = await store.readUser(userKey);
      if (replaced?.must && !record?.sessions.has(replaced.id)) return NOT_LISTED;
      const { expired, surplus } = this.#toRemove(record, [id, replaced?.id]);
      if (surplus.length > 0 && settings.sessionLimitPolicy === "refuse-new") throw this.#refuse(id);
      const remove = [...expired, ...surplus, ...(replaced ? [replaced.id] : [])];
      const change = { generation: record?.generation ?? 0, id, session, remove };
      return (await store.addUserSession(userKey, change)) ? surplus : undefined;
    });
    if (evicted === NOT_LISTED) return undefined;
    for (const session of evicted) log({ level: "INFO", event: "session_evicted", session });
    return evicted;
  }

  /**
   * Extends an entry if a tenth of the lifetime has passed. Returns whether the session is still in the list.
   */
  async touch(userKey: string, id: string, session: UserSession, createdAt: number): Promise<boolean> {
    if (!this.isDue(session, createdAt)) return true;
    return this.#options.store.touchUserSession(userKey, id, this.#life(createdAt));
  }

  /** Returns whether an entry is due: a tenth of the lifetime has passed, or the session may outlive it. */
  isDue({ lastSeenAt, expiresAt }: UserSession, createdAt: number): boolean {
    const { settings, nowSeconds } = this.#options;
    const isShort = expiresAt < lifeOf(settings, createdAt, nowSeconds()).expiresAt;
    return isShort || isTenthOver(settings, lastSeenAt, nowSeconds());
  }

  /** Returns the times of an entry. It outlives its session a little, because it is extended less often. */
  #life(createdAt: number): Pick<UserSession, "lastSeenAt" | "expiresAt"> {
    const { settings, nowSeconds } = this.#options;
    return lifeOf({ ...settings, lifetime: Math.ceil(settings.lifetime * 1.1) }, createdAt, nowSeconds());
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

function toEntry(
  request: SessionRequest,
  life: Pick<UserSession, "lastSeenAt" | "expiresAt">,
  now: number,
): UserSession {
  const userAgent = request.header("user-agent")?.slice(0, LONGEST_USER_AGENT).toWellFormed();
  return { ...life, createdAt: now, userAgent, address: request.address };
}
