import type { Session } from "../session/session.ts";
import type { SessionInterface } from "../session/session-interface.ts";
import type { SavedSession } from "../session/session-outcome.ts";
import { CookieJar } from "./cookie-jar.ts";
import { APP_ORIGIN } from "./events.ts";

// biome-ignore lint/suspicious/noExplicitAny: a session without a declared type accepts any value
type AnyData = Record<string, any>;

/** Request of a visit. Everything is optional. */
export interface VisitOptions {
  /** Method. Default: GET. */
  readonly method?: string;
  /** URL, absolute or relative to the visitor's. It decides which cookies of the jar are sent. */
  readonly url?: string;
  /** Values of the Cookie headers, instead of the jar's cookies. */
  readonly cookies?: readonly string[];
  /** Further headers by their name in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Result of a visit: the result of the callback, and the response headers of the session interface. */
export interface Visit<T> extends SavedSession {
  readonly result: T;
}

/** Visitor with a cookie jar that uses a session interface directly, without events and handlers. */
export class Visitor<D extends object = AnyData> {
  readonly jar: CookieJar;
  readonly #sessionInterface: SessionInterface;
  readonly #url: string;

  constructor(sessionInterface: SessionInterface, jar: CookieJar = new CookieJar(), url = `${APP_ORIGIN}/`) {
    this.#sessionInterface = sessionInterface;
    this.jar = jar;
    this.#url = url;
  }

  /**
   * Opens the session, calls `use`, saves the session, and stores the cookie. If `use` throws, nothing is
   * saved.
   */
  async visit<T>(
    use: (session: Session<D>) => T | Promise<T>,
    options: VisitOptions = {},
  ): Promise<Visit<T>> {
    const url = new URL(options.url ?? "", this.#url);
    const { method = "GET", cookies = this.#cookies(url.href) } = options;
    const headers: VisitOptions["headers"] = { host: url.host, ...options.headers };
    const header = (name: string): string | undefined => headers[name];
    const request = { method, path: url.pathname, host: header("host"), cookies, header };
    const session = await this.#sessionInterface.open(request);
    const result = await use(session as Session<D>);
    const saved = await this.#sessionInterface.save(session, request);
    const { setCookie, deletions = [] } = saved;
    for (const value of setCookie === undefined ? [] : [...deletions, setCookie])
      this.jar.store(value, url.href);
    return { result, ...saved };
  }

  /** Value of the cookie in the jar, or `undefined` without one. */
  get token(): string | undefined {
    return this.jar.cookies(this.#url)[0]?.value;
  }

  #cookies(url: string): string[] {
    const header = this.jar.header(url);
    return header === undefined ? [] : [header];
  }
}
