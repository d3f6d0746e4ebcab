import type { OpenedSession, SessionOptions } from "../session/opened-session.ts";
import { isMetadata, isPermanent, lifetimesOf, RESERVED } from "../session/reserved-keys.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { RefusalReason, SessionLog } from "../session/session-log.ts";
import type { SavedSession, SessionChanges, SessionOutcome } from "../session/session-outcome.ts";
import { type ResolvedSettings, storesCreated } from "../session/session-settings.ts";
import type { PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import { withDeletions } from "./cookie-variants.ts";
import { openNew, type RefusedCookie } from "./refused-cookies.ts";
import { assertFits, deleteCookie, setCookie } from "./session-cookie.ts";
import type { URLSafeTimedSerializer, Verified } from "./url-safe-timed-serializer.ts";

/** The context of all sessions with the same array of keys and the same settings. */
export interface CookieContext {
  readonly settings: ResolvedSettings;
  readonly serializer: Pick<URLSafeTimedSerializer, "dumps" | "verify">;
  readonly json: TaggedJSON;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
  readonly log: SessionLog;
}

/**
 * Seconds after which a request that changed nothing sends no cookie any more. Meanwhile another one may have
 * ended the session or begun a new one, which a late cookie would undo. The next request sends it instead.
 */
const REFRESH_WINDOW = 3;

/** The result of verifying one cookie, and the size of its name and value in bytes. */
export type ReadableCookie = Verified & { readonly bytes: number };

/** The session of one request whose data is in the cookie: reads it at the first use, and saves it. */
export class CookieSession implements SessionOptions {
  readonly context: CookieContext;
  readonly json: TaggedJSON;
  readonly nowSeconds: () => number;
  readonly settings: ResolvedSettings;
  readonly storesCreated: boolean;
  /** Set by the storage that lists sessions, before the session is opened. */
  storesId = false;
  readonly #request: SessionRequest;
  readonly #receivedAt: number;
  readonly #cookies: readonly ReadableCookie[];
  readonly #refused: RefusedCookie[] = [];
  /** Cookies that were not read yet. */
  #left: ReadableCookie[];
  #opened: OpenedSession | undefined;

  /** @param cookies in the order in which they are tried, newest first */
  constructor(context: CookieContext, request: SessionRequest, cookies: readonly ReadableCookie[]) {
    this.context = context;
    this.json = context.json;
    this.nowSeconds = context.nowSeconds;
    this.settings = context.settings;
    this.storesCreated = storesCreated(this.settings);
    this.#request = request;
    this.#receivedAt = context.nowSeconds();
    this.#cookies = cookies;
    this.#left = [...cookies];
  }

  /**
   * Returns the session of the first valid cookie, or a new session. It is parsed once. The reason of a
   * refusal is logged.
   */
  open(): OpenedSession {
    while (this.#opened === undefined) {
      const cookie = this.#left.shift();
      const found =
        cookie === undefined
          ? openNew(this.#refused, this.#cookies.length, this.context)
          : readCookie(cookie, this);
      if (typeof found === "object") this.#opened = found;
      else this.#refused.push({ reason: found });
    }
    return this.#opened;
  }

  /**
   * Refuses the session that was opened. The next valid cookie is opened instead.
   *
   * @param isLast whether no further cookie is tried
   */
  refuse(reason: RefusalReason, isLast: boolean): void {
    this.#refused.push({ reason, session: this.open().id });
    this.#opened = undefined;
    if (isLast) this.#left = [];
  }

  /** Makes the session that was opened expire after this second at the latest. */
  endBy(lastSecond: number): void {
    const opened = this.open();
    this.#opened = { ...opened, expiresAt: Math.min(opened.expiresAt ?? lastSecond, lastSecond) };
  }

  /**
   * Returns what the response must carry.
   *
   * @throws SessionTooLargeError that names the largest keys
   */
  save(outcome: SessionOutcome): SavedSession {
    const { settings, log } = this.context;
    switch (outcome.status) {
      case "unused":
        return settings.refreshEachRequest && this.#request.cookies.length > 0
          ? this.#refresh(false)
          : { vary: false };
      case "read":
        return this.#refresh(true);
      case "changed": {
        const saved = this.write(outcome.values, outcome.permanent);
        if (this.begins(outcome)) log({ level: "INFO", event: "session_began" });
        return saved;
      }
      case "emptied": {
        // A cookie that could not be verified is kept unless the handler removed data: another instance may
        // have its key.
        const { isNew, hasEnded } = this.open();
        const hadData = !isNew || hasEnded || [...outcome.changedKeys].some((key) => !isMetadata(key));
        return hadData ? this.delete() : { vary: true };
      }
      case "destroyed":
        return this.delete();
    }
  }

  /** Returns whether these changes begin a new session. */
  begins({ cleared }: SessionChanges): boolean {
    return cleared || this.open().isNew;
  }

  /** Returns the cookie with this data, signed or sealed now. */
  write(values: PlainObject, permanent: boolean): SavedSession {
    const { settings, serializer, json } = this.context;
    const now = this.nowSeconds();
    const value = serializer.dumps(values, now);
    const { cookie, compress, lifetime, absoluteLifetime } = lifetimesOf(values, settings);
    assertFits(cookie.name.length + value.length, values, { json, compress });
    if (!permanent) return this.#answer(setCookie(cookie, value));
    const maxAge = Math.min(lifetime, this.createdAtOf(values) + absoluteLifetime - now);
    return this.#answer(setCookie(cookie, value, { maxAge, now }));
  }

  /**
   * Returns when the session with this data was created, in seconds since the epoch; now, if that is not
   * stored, because then there is no absolute lifetime.
   */
  createdAtOf(values: PlainObject): number {
    return this.storesCreated ? (values[RESERVED.createdAt] as number) : this.nowSeconds();
  }

  /** Returns the header that deletes the cookie. */
  delete(): SavedSession {
    return this.#answer(deleteCookie(this.settings.cookie));
  }

  #answer(header: string): SavedSession {
    const saved = { setCookie: header, vary: true };
    return withDeletions(saved, this.#cookies, this.settings.cookie, this.#request);
  }

  /**
   * A permanent session is signed again when a tenth of its lifetime has passed, so that it does not expire.
   * The cookie of a session that has ended is deleted.
   */
  #refresh(vary: boolean): SavedSession {
    const { settings } = this;
    const { values, lastSeenAt, hasEnded } = this.open();
    if (this.nowSeconds() - this.#receivedAt > REFRESH_WINDOW) return { vary };
    if (hasEnded) return this.delete();
    const isKept = lastSeenAt !== undefined && isPermanent(values, settings.permanent);
    if (!isKept || Object.keys(values).every(isMetadata)) return { vary };
    const tenth = lifetimesOf(values, settings).lifetime / 10;
    const isDue = settings.refreshEachRequest || this.nowSeconds() - lastSeenAt >= tenth;
    if (!isDue) return { vary };
    values[RESERVED.permanent] = true;
    return this.write(values, true);
  }
}

function readCookie(
  cookie: ReadableCookie,
  { context: { settings, nowSeconds }, storesCreated, storesId }: CookieSession,
): OpenedSession | RefusalReason {
  if (cookie.refusal) return cookie.refusal;
  const { signedAt, bytes } = cookie;
  const values = cookie.read();
  if (values === undefined) return "unreadable_payload";
  const { [RESERVED.createdAt]: created, [RESERVED.id]: id } = values;
  // Without a possible time in the cookie, the session is as old as its signature.
  const latest = signedAt + settings.clockSkew;
  const isPossible = storesCreated && typeof created === "number" && created >= 0 && created <= latest;
  const createdAt = isPossible ? Math.floor(created) : signedAt;
  const { lifetime, absoluteLifetime } = lifetimesOf(values, settings);
  const lastsUntil = createdAt + absoluteLifetime;
  if (lastsUntil < nowSeconds()) return "absolute_lifetime";
  const idleUntil = signedAt + lifetime;
  if (idleUntil < nowSeconds()) return "expired";
  // Without a possible time, nobody knows when the user of the session authenticated.
  if (storesCreated && !isPossible && values[RESERVED.user]) values[RESERVED.authentication] ??= {};
  if (storesCreated) values[RESERVED.createdAt] = createdAt;
  return {
    values,
    isNew: false,
    id: storesId && typeof id === "string" ? id : undefined,
    lastSeenAt: signedAt,
    expiresAt: Math.min(idleUntil, lastsUntil),
    bytes,
  };
}
