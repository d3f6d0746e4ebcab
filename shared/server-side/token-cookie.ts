import { deleteCookie, setCookie } from "../cookie/session-cookie.ts";
import type { SavedSession } from "../session/session-outcome.ts";
import { cookieLifetime, settingsFor } from "../stores/session-life.ts";
import type { ServerSideContext } from "./server-side-session.ts";
import type { SessionToken } from "./session-token.ts";

/** Options of `sendToken`. */
interface TokenCookieOptions {
  /** Time of the session's creation, in seconds since the epoch. */
  readonly createdAt: number;
  /** The session's own lifetime in seconds, if it has one. */
  readonly lifetime?: number | undefined;
  /** True if the cookie outlives the browser window. */
  readonly permanent: boolean;
}

/** Returns the cookie that carries a token, signed now. */
export function sendToken(
  token: SessionToken,
  { settings, signer, nowSeconds }: ServerSideContext,
  { createdAt, lifetime, permanent }: TokenCookieOptions,
): SavedSession {
  const now = nowSeconds();
  const value = signer.sign(token, now);
  if (!permanent) return { setCookie: setCookie(settings.cookie, value), vary: true };
  const own = settingsFor(settings, lifetime);
  const maxAge = Math.min(cookieLifetime(own), createdAt + own.absoluteLifetime - now);
  return { setCookie: setCookie(settings.cookie, value, { maxAge, now }), vary: true };
}

/** Returns the header that deletes the cookie. */
export function deleteToken({ settings }: ServerSideContext): SavedSession {
  return { setCookie: deleteCookie(settings.cookie), vary: true };
}
