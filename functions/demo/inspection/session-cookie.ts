import { resolveSettings } from "lambda-sessions";
import { cookieValues, setCookie } from "lambda-sessions/cookie";
import { type HttpEvent, HttpRequest } from "lambda-sessions/lambda";
import { settingsFrom } from "../../runtime/environment.ts";

const settings = resolveSettings(settingsFrom(process.env));

/** Name and attributes of the session cookie. */
export const { cookie } = settings;

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
