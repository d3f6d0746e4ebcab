/** Prefix of a cookie's encoded text: a dot if compressed, a tilde if sealed. */
const MARK = /^[.~]?/;

/** Flips the last bit of a cookie's third byte. Flipping it again restores the cookie. */
export function flipBit(cookie: string): string {
  const start = findFlippedCharacter(cookie) - 3;
  const bytes = Buffer.from(cookie.slice(start, start + 4), "base64url");
  bytes[2] = (bytes[2] ?? 0) ^ 1;
  return cookie.slice(0, start) + bytes.toString("base64url") + cookie.slice(start + 4);
}

/** Returns the index of the character that changes when the bit is flipped. */
export function findFlippedCharacter(cookie: string): number {
  return (MARK.exec(cookie)?.[0].length ?? 0) + 3;
}
