import type { OpenedSession, SessionOptions } from "../session/opened-session.ts";
import { isMetadata, RESERVED } from "../session/reserved-keys.ts";
import type { RefusalReason, SessionLog } from "../session/session-log.ts";
import type { SavedSession, SessionChanges, SessionOutcome } from "../session/session-outcome.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import type { PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
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

/** The result of verifying one cookie, and the size of its name and value in bytes. */
export interface VerifiedCookie {
  readonly refusal?: Verified["refusal"];
  readonly verified: Verified;
  readonly bytes: number;
}

/** The session of one request whose data is in the cookie: reads it at the first use, and saves it. */
export class CookieSession implements SessionOptions {
  readonly context: CookieContext;
  readonly json: TaggedJSON;
  readonly nowSeconds: () => number;
  readonly permanent: boolean;
  readonly #cookies: readonly VerifiedCookie[];
  #opened: OpenedSession | undefined;

  constructor(context: CookieContext, cookies: readonly VerifiedCookie[]) {
    this.context = context;
    this.json = context.json;
    this.nowSeconds = context.nowSeconds;
    this.permanent = context.settings.permanent;
    this.#cookies = cookies;
  }

  /**
   * Returns the session of the first valid cookie (a second one of the same name may be older, or planted by
   * an attacker), or a new session. It is parsed once. The reason of a refusal is logged.
   */
  open(): OpenedSession {
    if (this.#opened !== undefined) return this.#opened;
    const reasons: RefusalReason[] = [];
    for (const cookie of this.#cookies) {
      const found = readCookie(cookie, this.context);
      if (typeof found === "object") {
        this.#opened = found;
        return found;
      }
      reasons.push(found);
    }
    const [refusal] = reasons;
    this.#opened = {
      values: {},
      isNew: true,
      hasEnded: refusal !== undefined && reasons.every(isEnd),
      refusal,
    };
    if (refusal !== undefined) {
      const { settings, log } = this.context;
      log({ level: "WARN", event: "session_refused", reason: refusal, cookie: settings.cookie.name });
    }
    return this.#opened;
  }

  /** Replaces a session that turned out to be over by a new one. */
  refuse(refusal: RefusalReason): void {
    this.#opened = { values: {}, isNew: true, hasEnded: true, refusal };
  }

  /**
   * Returns what the response must carry.
   *
   * @param hasCookies whether the request brought any cookies
   * @throws SessionTooLargeError that names the largest keys
   */
  save(outcome: SessionOutcome, hasCookies: boolean): SavedSession {
    const { settings, log } = this.context;
    switch (outcome.status) {
      case "unused":
        return settings.refreshEachRequest && hasCookies ? this.#refresh(false) : { vary: false };
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
    assertFits(settings.cookie.name.length + value.length, values, json);
    if (!permanent) return { setCookie: setCookie(settings.cookie, value), vary: true };
    const createdAt = values[RESERVED.created] as number;
    const maxAge = Math.min(settings.lifetime, createdAt + settings.absoluteLifetime - now);
    return { setCookie: setCookie(settings.cookie, value, { maxAge, now }), vary: true };
  }

  /** Returns the header that deletes the cookie. */
  delete(): SavedSession {
    return { setCookie: deleteCookie(this.context.settings.cookie), vary: true };
  }

  /**
   * A permanent session is signed again when a tenth of its lifetime has passed, so that it does not expire.
   */
  #refresh(vary: boolean): SavedSession {
    const { settings } = this.context;
    const { values, lastSeenAt, hasEnded } = this.open();
    if (hasEnded) return this.delete();
    const stored = values[RESERVED.permanent];
    const permanent = typeof stored === "boolean" ? stored : settings.permanent;
    if (lastSeenAt === undefined || !permanent || Object.keys(values).every(isMetadata)) return { vary };
    const isDue = settings.refreshEachRequest || this.nowSeconds() - lastSeenAt >= settings.lifetime / 10;
    if (!isDue) return { vary };
    values[RESERVED.permanent] = true;
    return this.write(values, true);
  }
}

function readCookie(
  { verified, bytes }: VerifiedCookie,
  { settings, nowSeconds }: CookieContext,
): OpenedSession | RefusalReason {
  if (verified.refusal !== undefined) return verified.refusal;
  const { signedAt } = verified;
  const values = verified.read();
  if (values === undefined) return "unreadable_payload";
  const { [RESERVED.created]: created, [RESERVED.id]: id } = values;
  // Without a possible time in the cookie, the session is as old as its signature.
  const isPossible = typeof created === "number" && created >= 0 && created <= signedAt;
  const createdAt = isPossible ? Math.floor(created) : signedAt;
  const lastsUntil = createdAt + settings.absoluteLifetime;
  if (lastsUntil < nowSeconds()) return "absolute_lifetime";
  if (created !== createdAt) values[RESERVED.created] = createdAt;
  return {
    values,
    isNew: false,
    id: typeof id === "string" ? id : undefined,
    lastSeenAt: signedAt,
    expiresAt: Math.min(signedAt + settings.lifetime, lastsUntil),
    bytes,
  };
}

function isEnd(reason: RefusalReason): boolean {
  return reason === "expired" || reason === "absolute_lifetime";
}
