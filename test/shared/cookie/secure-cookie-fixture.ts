import type { SecureCookieOptions } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { URLSafeTimedSerializer } from "../../../shared/cookie/url-safe-timed-serializer.ts";
import type { SecretKeys } from "../../../shared/crypto/secret-keys.ts";
import type { Session } from "../../../shared/session/session.ts";
import { resolveSettings, type SessionSettings } from "../../../shared/session/session-settings.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { SessionLogCollector } from "../../../shared/testing/session-log-collector.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";

/** The key that the fixture's interfaces sign with. */
export const KEY = "a secret key of at least 32 bytes, the newest";

/** Seconds in an hour. */
export const HOUR = 60 * 60;

/** A handler's use of a session. */
export type Use = (session: Session) => unknown;

/** The origin of a cookie. All members are optional. */
export interface CookieOrigin {
  readonly keys?: SecretKeys;
  /** Time at which it was signed, in seconds since the epoch. Default: now. */
  readonly at?: number;
  readonly settings?: SessionSettings;
}

/** A clock and a log, and session interfaces that use them. */
export class SecureCookieFixture {
  readonly clock = new Clock();
  readonly log = new SessionLogCollector();

  makeInterface(options: Partial<SecureCookieOptions> = {}): SecureCookieSessionInterface {
    return new SecureCookieSessionInterface({
      keys: [KEY],
      clock: this.clock.now,
      log: this.log.log,
      ...options,
    });
  }

  makeVisitor(options: Partial<SecureCookieOptions> = {}, url?: string): Visitor {
    return new Visitor(this.makeInterface(options), new CookieJar(this.clock.now), url);
  }

  /** Returns a cookie's value as an interface with these keys and settings writes it. */
  signed(values: Record<string, unknown>, { keys = [KEY], at, settings = {} }: CookieOrigin = {}): string {
    const options = { ...resolveSettings(settings), keys, json: new TaggedJSON() };
    return new URLSafeTimedSerializer(options).dumps(values, at ?? this.clock.seconds);
  }
}

/** Returns the Cookie headers of a visitor whose session cookie has this value. */
export function showing(value: string): { readonly cookies: readonly string[] } {
  return { cookies: [`__Host-session=${value}`] };
}

/** Returns what a Set-Cookie header does. */
export function kindOf(setCookie: string | undefined): "none" | "set" | "delete" {
  if (setCookie === undefined) return "none";
  return /^[^=]+=;.*\bMax-Age=0;/.test(setCookie) ? "delete" : "set";
}

/** Returns the attributes of a Set-Cookie header in alphabetical order. */
export function attributesOf(setCookie = ""): string[] {
  return setCookie.split("; ").slice(1).sort();
}
