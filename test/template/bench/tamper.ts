/** Returns the cookie with one character of its payload changed. */
export function tamper(cookie: string): string {
  const index = cookie.indexOf("=") + 20;
  return `${cookie.slice(0, index)}${cookie[index] === "A" ? "B" : "A"}${cookie.slice(index + 1)}`;
}
