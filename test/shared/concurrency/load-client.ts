import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import type { Token } from "./session-system.ts";

const URL = "https://app.example.com/";

/** One browser of a load: its cookies, those that were replaced, and its requests under way. */
export class LoadClient {
  readonly number: number;
  readonly underWay = new Set<Promise<void>>();
  readonly #jar: CookieJar;
  readonly #replaced: string[] = [];
  readonly #tokens = new Map<string, Token>();

  /** @param clock the time in milliseconds since the epoch */
  constructor(number: number, clock: () => number) {
    this.number = number;
    this.#jar = new CookieJar(clock);
  }

  /** Returns the Cookie header that it would send; `undefined` without a cookie. */
  get cookie(): string | undefined {
    return this.#jar.header(URL);
  }

  /** Returns a Cookie header that it would have sent earlier. */
  replaced(which: number): string | undefined {
    return this.#replaced[which % this.#replaced.length];
  }

  /** Returns the token in a Cookie header. */
  tokenOf(cookie: string | undefined): Token | undefined {
    return cookie === undefined ? undefined : this.#tokens.get(cookie);
  }

  /** Stores the cookie of a response. */
  receive(setCookie: string, issued: Token | undefined): void {
    const before = this.cookie;
    this.#jar.store(setCookie, URL);
    const now = this.cookie;
    if (before !== undefined && before !== now) this.#replaced.push(before);
    if (now !== undefined && issued !== undefined) this.#tokens.set(now, issued);
  }
}
