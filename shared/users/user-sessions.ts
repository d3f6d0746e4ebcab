import { SessionLimitError } from "../session/session-errors.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import { isTenthOver, lifeOf } from "../stores/session-life.ts";
import type { UserRecord, UserSession, UserSessionStore } from "../stores/session-store.ts";
import { tryUntilDone } from "../stores/try-until-done.ts";

/** What the list of a user's sessions is kept with. */
export interface UserSessionsOptions {
  readonly store: UserSessionStore;
  readonly settings: ResolvedSettings;
  /** The time in seconds since the epoch. */
  readonly now: () => number;
  readonly log: SessionLog;
}

/** A session that another one takes the place of. */
export interface ReplacedSession {
  readonly id: string;
  /** Whether nothing is done when it is not listed any more. */
  readonly must: boolean;
}

/** The most that is kept of a User-Agent header, in characters. */
const LONGEST_USER_AGENT = 256;

/** The sessions of users: what a session that is bound to a user must be among, or it is over. */
export class UserSessions {
  readonly #options: UserSessionsOptions;

  constructor(options: UserSessionsOptions) {
    this.#options = options;
  }

  /**
   * Adds a session, in the place of another one if need be. Those that have expired are removed, and as many as are too
   * many.
   *
   * @returns the ids of the sessions that gave way; `undefined` when the session to replace is not listed, but must be
   * @throws SessionLimitError when the settings refuse the new one instead
   */
  async add(
    userKey: string,
    id: string,
    request: SessionRequest,
    replaced?: ReplacedSession,
  ): Promise<readonly string[] | undefined> {
    const { store, settings, now, log } = this.#options;
    const session = beginning(request, this.#life(now()), now());
    const capped = await tryUntilDone(async () => {
      const record = await store.readUser(userKey);
      if (replaced?.must && !record?.sessions.has(replaced.id)) return NOT_LISTED;
      const { expired, surplus } = this.#leaving(record, [id, replaced?.id]);
      if (surplus.length > 0 && settings.sessionLimitPolicy === "refuse-new") throw this.#limit(id);
      const remove = [...expired, ...surplus, ...(replaced ? [replaced.id] : [])];
      const change = { generation: record?.generation ?? 0, id, session, remove };
      return (await store.addUserSession(userKey, change)) ? surplus : undefined;
    });
    if (capped === NOT_LISTED) return undefined;
    for (const gone of capped) log({ level: "INFO", event: "session_capped", session: gone });
    return capped;
  }

  /** Notes that a session was seen, where a tenth of its lifetime has passed. Says whether it still counts. */
  async touch(userKey: string, id: string, session: UserSession, createdAt: number): Promise<boolean> {
    if (!this.isDue(session, createdAt)) return true;
    return this.#options.store.touchUserSession(userKey, id, this.#life(createdAt));
  }

  /** Whether an entry is to be touched: a tenth of the lifetime has passed, or the session may outlive it by now. */
  isDue({ seenAt, expiresAt }: UserSession, createdAt: number): boolean {
    const { settings, now } = this.#options;
    const isShort = expiresAt < lifeOf(settings, createdAt, now()).expiresAt;
    return isShort || isTenthOver(settings, seenAt, now());
  }

  /**
   * How long a session is listed that is seen now. An entry is touched a little less often than its session is saved,
   * so it is kept a little longer.
   */
  #life(createdAt: number): Pick<UserSession, "seenAt" | "expiresAt"> {
    const { settings, now } = this.#options;
    return lifeOf({ ...settings, lifetime: Math.ceil(settings.lifetime * 1.1) }, createdAt, now());
  }

  #leaving(
    record: UserRecord | undefined,
    own: readonly (string | undefined)[],
  ): { expired: string[]; surplus: string[] } {
    const others = [...(record?.sessions ?? [])].filter(([id]) => !own.includes(id));
    const isOver = ([, { expiresAt }]: [string, UserSession]): boolean => expiresAt < this.#options.now();
    const living = others
      .filter((entry) => !isOver(entry))
      .sort(([, one], [, other]) => one.seenAt - other.seenAt);
    const surplus = living.slice(
      0,
      Math.max(living.length + 1 - this.#options.settings.maxSessionsPerUser, 0),
    );
    return { expired: others.filter(isOver).map(idOf), surplus: surplus.map(idOf) };
  }

  #limit(id: string): SessionLimitError {
    this.#options.log({ level: "WARN", event: "session_limit_reached", session: id });
    return new SessionLimitError(this.#options.settings.maxSessionsPerUser);
  }
}

const NOT_LISTED: readonly string[] = [];

function idOf([id]: [string, UserSession]): string {
  return id;
}

function beginning(
  request: SessionRequest,
  life: Pick<UserSession, "seenAt" | "expiresAt">,
  now: number,
): UserSession {
  const userAgent = request.header("user-agent")?.slice(0, LONGEST_USER_AGENT).toWellFormed();
  return { ...life, beganAt: now, userAgent, address: request.address };
}
