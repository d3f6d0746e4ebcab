import { MOST_COOKIE_BYTES } from "../../cookie/session-cookie.ts";

/**
 * Bearer scheme with or without a token. Schemes are compared without their case (RFC 9110, section 11.1).
 */
const BEARER = /^bearer(?: |$)/i;

/** Bearer scheme with a token of the form `token68` (RFC 6750, section 2.1). */
const WITH_TOKEN = /^bearer +([\w.~+/-]+=*) *$/i;

/** Maximum length of a value: a token has at most as many bytes as the whole cookie. */
const MOST_CHARACTERS = "Bearer ".length + MOST_COOKIE_BYTES;

/** Value that is no token of any session, so that session interfaces refuse it as `malformed`. */
const MALFORMED = "malformed";

/** Returns whether one of the values of Authorization has the scheme Bearer. */
export function hasBearer(values: readonly string[]): boolean {
  return values.some((value) => BEARER.test(value));
}

/**
 * Returns the token in the values of Authorization, or `undefined` without one: another scheme, or the scheme
 * alone, which clients send whose variable for the token is empty.
 *
 * Every other value is refused like a cookie that is no token: several values, characters that no token has,
 * and more bytes than a session's cookie may have. No part of it is returned.
 */
export function readBearer(values: readonly string[]): string | undefined {
  const [value = ""] = values;
  if (!hasBearer(values) || (values.length === 1 && /^bearer *$/i.test(value))) return undefined;
  if (values.length > 1 || value.length > MOST_CHARACTERS) return MALFORMED;
  return WITH_TOKEN.exec(value)?.[1] ?? MALFORMED;
}
