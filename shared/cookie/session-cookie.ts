import { parseCookie, stringifySetCookie } from "cookie";
import type { ResolvedCookie } from "../session/cookie-settings.ts";
import { SessionTooLargeError } from "../session/session-errors.ts";
import type { PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import { MOST_INFLATED } from "./payload.ts";

/** The maximum size of a cookie's name and value that browsers store, in bytes (RFC 6265bis, section 5.6). */
export const MOST_COOKIE_BYTES = 4096;

/**
 * Returns all values of the cookies with one name, in the order in which they were sent. Empty values are
 * left out.
 *
 * Only pairs in which the name occurs are parsed. Values are not percent-decoded. Our alphabet never needs
 * encoding, so an encoded value is rejected.
 */
export function cookieValues(headers: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (const header of headers) {
    if (typeof header !== "string") continue;
    let next = header.indexOf(name);
    while (next >= 0) {
      const end = header.indexOf(";", next);
      const pair = header.slice(header.lastIndexOf(";", next) + 1, end < 0 ? header.length : end);
      const value = parseCookie(pair, NOT_DECODED)[name];
      if (value) values.push(value);
      next = end < 0 ? -1 : header.indexOf(name, end);
    }
  }
  return values;
}

/**
 * Returns the Set-Cookie header that sets the cookie.
 *
 * @param value text in the URL-safe alphabet, which needs no escaping
 * @param expiry the cookie's age in seconds, and the current time; without it, the cookie ends with the
 * browser window
 */
export function setCookie(
  cookie: ResolvedCookie,
  value: string,
  expiry?: { maxAge: number; now: number },
): string {
  return `${cookie.name}=${value}${attributes(cookie, expiry && until(expiry))}`;
}

/** Returns the Set-Cookie header that deletes the cookie. Browsers require the same attributes. */
export function deleteCookie(cookie: ResolvedCookie): string {
  return `${cookie.name}=${attributes(cookie, { maxAge: 0, expires: new Date(0) })}`;
}

/**
 * Rejects a cookie that browsers would not store. Data that is too large to be inflated again was not
 * compressed, so its cookie is rejected too.
 *
 * @param bytes the size of its name and value
 * @throws SessionTooLargeError that names the largest keys
 */
export function assertFits(
  bytes: number,
  values: PlainObject,
  { json, compress }: { readonly json: TaggedJSON; readonly compress: boolean },
): void {
  if (bytes <= MOST_COOKIE_BYTES) return;
  const sizes = Object.keys(values).map((key) => ({
    key,
    bytes: Buffer.byteLength(json.dumps(values[key], key)),
  }));
  const largest = sizes.sort((one, other) => other.bytes - one.bytes).slice(0, 3);
  const inflated = Buffer.byteLength(json.dumps(values));
  if (compress && inflated > MOST_INFLATED) throw new SessionTooLargeError(inflated, MOST_INFLATED, largest);
  throw new SessionTooLargeError(bytes, MOST_COOKIE_BYTES, largest);
}

interface Expiry {
  readonly maxAge: number;
  readonly expires: Date;
}

const NOT_DECODED = { decode: (value: string): string => value };

function until({ maxAge, now }: { maxAge: number; now: number }): Expiry {
  return { maxAge, expires: new Date((now + maxAge) * 1000) };
}

/** Attributes without an expiry, which are the same for every response. */
const attributesOfSettings = new WeakMap<ResolvedCookie, string>();

/**
 * Returns the attributes as text. The library formats an empty value, because the real one needs no check.
 */
function attributes(cookie: ResolvedCookie, expiry?: Expiry): string {
  const known = expiry ? undefined : attributesOfSettings.get(cookie);
  if (known) return known;
  const { sameSite, name, ...others } = cookie;
  const given = sameSite === "unset" ? others : { ...others, sameSite };
  const text = stringifySetCookie({ ...given, ...expiry, name, value: "" }).slice(name.length + 1);
  if (!expiry) attributesOfSettings.set(cookie, text);
  return text;
}
