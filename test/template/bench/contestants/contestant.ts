import type { BenchSession } from "../sizes.ts";

/** One way to keep a session in a cookie. Functions that need no promise return none and are not awaited. */
export interface Contestant {
  readonly name: string;
  /** Returns the Cookie header of a visitor with this session. */
  issue(session: BenchSession): string | Promise<string>;
  /** Returns the value under a key without a change; `undefined` without a session. */
  read<K extends keyof BenchSession>(cookie: string | undefined, key: K): unknown;
  /** Counts a visit. */
  change(cookie: string | undefined): Changed | Promise<Changed>;
}

/** The number of visits after a change, and the Set-Cookie headers. */
export interface Changed {
  readonly visits: number;
  readonly cookies: readonly string[];
}

/** Returns the Cookie header that a browser sends after these Set-Cookie headers. */
export function cookieHeader(setCookies: readonly string[]): string {
  return setCookies.map((header) => header.split(";", 1)[0]).join("; ");
}
