import { resolveSettings, type Session } from "lambda-sessions";
import { cookieValues, setCookie } from "lambda-sessions/cookie";
import { type HttpEvent, HttpRequest } from "lambda-sessions/lambda";
import { settingsFrom } from "../../runtime/environment.ts";

const settings = resolveSettings(settingsFrom(process.env));

/** Name and attributes of the session cookie. */
export const { cookie } = settings;

/**
 * Returns the seconds from a sign-in to the end of its session, Infinity if it has no such end. A permanent
 * session with the lifetime of remembered ones counts as one.
 */
export function overallLifetimeOf({ permanent, lifetime }: Session): number {
  const { rememberFor, absoluteLifetime } = settings;
  return permanent && lifetime === rememberFor ? rememberFor : absoluteLifetime;
}

/** True if cookies are encrypted, so that visitors cannot read them. */
export const isSealing = settings.encrypt;

/** Returns the values of all cookies with the session's name. A browser normally sends one. */
export function readCookies(event: HttpEvent): string[] {
  return cookieValues(new HttpRequest(event).cookies, cookie.name);
}

/**
 * Returns a Set-Cookie header that replaces the session cookie by a value that the session layer did not
 * make.
 */
export function replaceCookie(value: string): string {
  const expiry = { maxAge: settings.lifetime, now: Math.floor(Date.now() / 1000) };
  return setCookie(cookie, value, settings.permanent ? expiry : undefined);
}
