/** What stands before the text of a cookie: the marks of a compressed and of a sealed one. */
const MARK = /^[.~]?/;

/** Flips the last bit of a cookie's third byte. Doing it once more gives the cookie again. */
export function flipBit(cookie: string): string {
  const start = flippedAt(cookie) - 3;
  const bytes = Buffer.from(cookie.slice(start, start + 4), "base64url");
  bytes[2] = (bytes[2] ?? 0) ^ 1;
  return cookie.slice(0, start) + bytes.toString("base64url") + cookie.slice(start + 4);
}

/** Where the one character is that changes when the bit is flipped. */
export function flippedAt(cookie: string): number {
  return (MARK.exec(cookie)?.[0].length ?? 0) + 3;
}
