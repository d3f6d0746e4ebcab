import { Cookie, MemoryCookieStore, CookieJar as ToughCookieJar } from "tough-cookie";

/**
 * Cookies that a request sends: `strict` sends all; with the others, another site caused the request and
 * SameSite decides.
 */
export type SameSiteContext = "strict" | "lax" | "none";

/** Maximum size of a cookie's name and value, in bytes (RFC 6265bis, section 5.6). */
const MOST_BYTES = 4096;

/**
 * Stores the cookies of a browser (RFC 6265bis; tough-cookie) with its own clock. A cookie that a browser
 * would drop silently, such as a `__Host-` cookie with a Domain or a cookie that is too large, is an error
 * here.
 */
export class CookieJar {
  readonly #store = new MemoryCookieStore();
  readonly #jar = new ToughCookieJar(this.#store, { prefixSecurity: "strict" });
  readonly #clock: () => number;

  /** @param clock returns the time in milliseconds since the epoch; default: `Date.now` */
  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  /**
   * Stores the cookie of a Set-Cookie header.
   *
   * @throws Error for a cookie that a browser would drop, unless the header deletes it
   */
  store(setCookie: string, url: string): void {
    const cookie = Cookie.parse(setCookie);
    if (cookie === undefined)
      throw new Error("the Set-Cookie header cannot be parsed; it must begin with name=value");
    if (Buffer.byteLength(cookie.key + cookie.value) > MOST_BYTES)
      throw new Error(`the cookie ${cookie.key} is larger than ${MOST_BYTES} bytes`);
    this.#replaceMaxAge(cookie);
    this.#jar.setCookieSync(cookie, url, {
      now: new Date(this.#clock()),
      ignoreError: this.#hasExpired(cookie),
    });
  }

  /** Returns the cookies that a request to a URL sends. */
  cookies(url: string, sameSiteContext: SameSiteContext = "strict"): Cookie[] {
    const options = { sameSiteContext, expire: false, sort: true };
    return this.#jar.getCookiesSync(url, options).filter((cookie) => !this.#hasExpired(cookie));
  }

  /** Returns the Cookie header of a request to a URL, or `undefined` without cookies. */
  header(url: string, sameSiteContext: SameSiteContext = "strict"): string | undefined {
    const cookies = this.cookies(url, sameSiteContext);
    return cookies.length === 0 ? undefined : cookies.map((cookie) => cookie.cookieString()).join("; ");
  }

  /** Removes the cookies that end with the browser window: those without an expiry. */
  closeWindow(): void {
    this.#store.getAllCookies((_error, cookies = []) => {
      for (const { domain, path, key, expires } of cookies)
        if (!(expires instanceof Date)) this.#store.removeCookie(domain ?? "", path ?? "", key, () => {});
    });
  }

  /**
   * Replaces Max-Age by Expires, because tough-cookie would count it by the system's clock and restart it at
   * each use.
   */
  #replaceMaxAge(cookie: Cookie): void {
    if (typeof cookie.maxAge !== "number") return;
    cookie.expires = new Date(cookie.maxAge <= 0 ? 0 : this.#clock() + cookie.maxAge * 1000);
    cookie.maxAge = null;
  }

  #hasExpired({ expires }: Cookie): boolean {
    return expires instanceof Date && expires.getTime() <= this.#clock();
  }
}
