import { resolveSettings } from "lambda-sessions";
import { cookieValues, setCookie } from "lambda-sessions/cookie";
import { type HttpEvent, HttpRequest } from "lambda-sessions/lambda";
import { settingsFrom } from "../../runtime/environment.ts";

const settings = resolveSettings(settingsFrom(process.env));

/** Name and attributes of the session's cookie. */
export const { cookie } = settings;

/** Whether cookies are sealed, so that visitors cannot read them. */
export const isSealing = settings.encrypt;

/** The values of the cookies of that name, as they came. A browser sends one. */
export function cookiesOf(event: HttpEvent): string[] {
  return cookieValues(new HttpRequest(event).cookies, cookie.name);
}

/** The Set-Cookie header that gives the visitor another value of the cookie, which the session layer did not make. */
export function replaceCookie(value: string): string {
  const expiry = { maxAge: settings.lifetime, now: Math.floor(Date.now() / 1000) };
  return setCookie(cookie, value, settings.permanent ? expiry : undefined);
}
