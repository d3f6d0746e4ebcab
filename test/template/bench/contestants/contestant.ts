import type { BenchSession } from "../sizes.ts";

/** One way to keep a session in a cookie. Functions that need no promise return none, and are not awaited. */
export interface Contestant {
  readonly name: string;
  /** The Cookie header that a visitor with this session sends. */
  issue(session: BenchSession): string | Promise<string>;
  /** The value under a key, read for a response that changes nothing; `undefined` where there is no session. */
  read<K extends keyof BenchSession>(cookie: string | undefined, key: K): unknown;
  /** Counts a visit. */
  change(cookie: string | undefined): Changed | Promise<Changed>;
}

/** The visits now, and the Set-Cookie headers. */
export interface Changed {
  readonly visits: number;
  readonly cookies: readonly string[];
}

/** The Cookie header that a browser sends after these Set-Cookie headers. */
export function cookieHeader(setCookies: readonly string[]): string {
  return setCookies.map((header) => header.split(";", 1)[0]).join("; ");
}
