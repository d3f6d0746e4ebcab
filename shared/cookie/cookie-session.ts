import type { OpenedSession, SessionOptions } from "../session/opened-session.ts";
import { isMetadata, RESERVED } from "../session/reserved-keys.ts";
import type { RefusalReason } from "../session/session-log.ts";
import type { SavedSession, SessionOutcome } from "../session/session-outcome.ts";
import type { Dictionary } from "../values/plain-object.ts";
import { type CookieContext, readCookies, type VerifiedCookie } from "./cookie-reading.ts";
import { assertFits, deleteCookie, setCookie } from "./session-cookie.ts";

/** The session of one request whose data is in the cookie: reads it at the first use, and saves it. */
export class CookieSession {
  readonly context: CookieContext;
  readonly #cookies: readonly VerifiedCookie[];
  #opened: OpenedSession | undefined;

  constructor(context: CookieContext, cookies: readonly VerifiedCookie[]) {
    this.context = context;
    this.#cookies = cookies;
  }

  /** Returns the session that the request brought. It is parsed once, at the first call. */
  get opened(): OpenedSession {
    this.#opened ??= readCookies(this.#cookies, this.context);
    return this.#opened;
  }

  /** Returns the options of the `Session` that handlers get. */
  get options(): SessionOptions {
    const { json, nowSeconds, settings } = this.context;
    return { open: () => this.opened, json, nowSeconds, permanent: settings.permanent };
  }

  /** Replaces a session that turned out to be over by a new one. */
  refuse(reason: RefusalReason): void {
    this.#opened = { values: {}, isNew: true, hasEnded: true, refusal: reason };
  }

  /**
   * Returns what the response must carry.
   *
   * @param hasCookies whether the request brought any cookies
   * @throws SessionTooLargeError that names the largest keys
   */
  save(outcome: SessionOutcome, hasCookies: boolean): SavedSession {
    const { settings } = this.context;
    switch (outcome.status) {
      case "unused":
        return settings.refreshEachRequest && hasCookies ? this.#refresh(false) : { vary: false };
      case "read":
        return this.#refresh(true);
      case "changed":
        return this.write(outcome.values, outcome.permanent);
      case "emptied": {
        // A cookie that could not be verified is kept unless the handler removed data: another instance may have its key.
        const { isNew, hasEnded } = this.opened;
        const hadData = !isNew || hasEnded || [...outcome.changedKeys].some((key) => !isMetadata(key));
        return hadData ? this.delete() : { vary: true };
      }
      case "destroyed":
        return this.delete();
    }
  }

  /** Returns the cookie with this data, signed or sealed now. */
  write(values: Dictionary, permanent: boolean): SavedSession {
    const { settings, serializer, json, nowSeconds } = this.context;
    const now = nowSeconds();
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

  /** A permanent session is signed again when a tenth of its lifetime has passed, so that it does not expire. */
  #refresh(vary: boolean): SavedSession {
    const { settings, nowSeconds } = this.context;
    const { values, lastSeenAt, hasEnded } = this.opened;
    if (hasEnded) return this.delete();
    const stored = values[RESERVED.permanent];
    const permanent = typeof stored === "boolean" ? stored : settings.permanent;
    if (lastSeenAt === undefined || !permanent || Object.keys(values).every(isMetadata)) return { vary };
    const isDue = settings.refreshEachRequest || nowSeconds() - lastSeenAt >= settings.lifetime / 10;
    if (!isDue) return { vary };
    values[RESERVED.permanent] = true;
    return this.write(values, true);
  }
}
