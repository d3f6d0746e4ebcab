import { parseCookie, stringifySetCookie } from "cookie";
import type { ResolvedCookie } from "../session/cookie-settings.ts";
import { SessionTooLargeError } from "../session/session-errors.ts";
import type { Dictionary } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";

/** The most that a browser keeps of a cookie's name and value, in bytes (RFC 6265bis, section 5.6). */
export const MOST_COOKIE_BYTES = 4096;

/**
 * All values of the cookies of one name, in the order in which they came; empty ones are passed over.
 *
 * Values are taken as they stand: our alphabet needs no percent-encoding, so a second spelling of a cookie is none.
 */
export function cookieValues(headers: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (const header of headers) {
    if (typeof header !== "string" || !header.includes(name)) continue;
    for (const pair of header.split(";")) {
      const value = parseCookie(pair, AS_IT_STANDS)[name];
      if (value) values.push(value);
    }
  }
  return values;
}

/**
 * The Set-Cookie header that gives the visitor the cookie.
 *
 * @param value text in the URL-safe alphabet, which no cookie has to escape
 * @param expiry for how many seconds it is kept, and the time now; without it the cookie goes with the browser window
 */
export function setCookie(
  cookie: ResolvedCookie,
  value: string,
  expiry?: { maxAge: number; now: number },
): string {
  return `${cookie.name}=${value}${attributes(cookie, expiry && until(expiry))}`;
}

/** The Set-Cookie header that takes the cookie away. The attributes are the same, or browsers keep the cookie. */
export function deleteCookie(cookie: ResolvedCookie): string {
  return `${cookie.name}=${attributes(cookie, { maxAge: 0, expires: new Date(0) })}`;
}

/**
 * Refuses a cookie that browsers would not keep.
 *
 * @param bytes what its name and value take
 * @throws SessionTooLargeError that names the largest keys
 */
export function assertFits(bytes: number, values: Dictionary, json: TaggedJSON): void {
  if (bytes <= MOST_COOKIE_BYTES) return;
  const sizes = Object.keys(values).map((key) => ({
    key,
    bytes: Buffer.byteLength(json.dumps(values[key], key)),
  }));
  const largest = sizes.sort((one, other) => other.bytes - one.bytes).slice(0, 3);
  throw new SessionTooLargeError(bytes, MOST_COOKIE_BYTES, largest);
}

interface Expiry {
  readonly maxAge: number;
  readonly expires: Date;
}

const AS_IT_STANDS = { decode: (value: string): string => value };

function until({ maxAge, now }: { maxAge: number; now: number }): Expiry {
  return { maxAge, expires: new Date((now + maxAge) * 1000) };
}

/** What stands behind name and value: the library need not look through the value, which may be long. */
function attributes({ sameSite, name, ...others }: ResolvedCookie, expiry?: Expiry): string {
  const known = sameSite === "unset" ? others : { ...others, sameSite };
  return stringifySetCookie({ ...known, ...expiry, name, value: "" }).slice(name.length + 1);
}
