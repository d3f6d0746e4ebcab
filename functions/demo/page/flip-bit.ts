/** What stands before the text of a cookie: the marks of a compressed and of a sealed one. */
const MARK = /^[.~]?/;

/** Flips the last bit of a cookie's third byte. Doing it once more gives the cookie again. */
export function flipBit(cookie: string): string {
  const [mark = ""] = MARK.exec(cookie) ?? [];
  const [start, end] = [mark.length, mark.length + 4];
  const bytes = Buffer.from(cookie.slice(start, end), "base64url");
  bytes[2] = (bytes[2] ?? 0) ^ 1;
  return mark + bytes.toString("base64url") + cookie.slice(end);
}
