/** Sessions in signed or sealed cookies. */

export { withDeletions } from "./cookie/cookie-variants.ts";
export { decodePayload } from "./cookie/payload.ts";
export {
  type SecureCookieOptions,
  SecureCookieSessionInterface,
} from "./cookie/secure-cookie-session-interface.ts";
export { cookieValues, deleteCookie, MOST_COOKIE_BYTES, setCookie } from "./cookie/session-cookie.ts";
export { decodeTimestamp } from "./crypto/timestamp-signer.ts";
