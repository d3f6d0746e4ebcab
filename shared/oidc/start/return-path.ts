import { toOwnPath } from "../../lambda/guards/return-path.ts";

/** Spaces, control characters and backslashes, which browsers remove or read as slashes. */
const TRICKS = /[\s\\\p{Cc}]/u;

/**
 * Decoded paths that lead to another host, or break a header, if a proxy decodes them before a browser reads
 * them.
 */
const DECODED_TRICKS = /^\/\/|[\\\p{Cc}]/u;

/** Paths that would begin another sign-in or sign-out. */
const OF_SIGN_IN = /^\/(sign-in|sign-out|signed-out)(\/|$)/i;

/**
 * Returns the path to which a sign-in returns, if it is one of our own, and `/` otherwise (OWASP, unvalidated
 * redirects). It is stricter than `toOwnPath`, because anybody can write the address of a sign-in.
 */
export function toReturnPath(given: string | null | undefined): string {
  const path = given && !TRICKS.test(given) ? toOwnPath(given) : undefined;
  const decoded = path && decode(path.split(/[?#]/, 1).join());
  return !path || !decoded || DECODED_TRICKS.test(decoded) || OF_SIGN_IN.test(decoded) ? "/" : path;
}

/** Returns the decoded path, or `undefined` if it is malformed. */
function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}
