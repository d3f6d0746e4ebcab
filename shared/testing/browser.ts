import type { HttpResponse } from "../gateway/http-response.ts";
import type { Session } from "../session/session.ts";
import type { SessionInterface } from "../session/session-interface.ts";
import { BrowserResponse } from "./browser-response.ts";
import { CookieJar } from "./cookie-jar.ts";
import { APP_ORIGIN } from "./events.ts";
import { fetchSite, isSafe, sameSiteContext } from "./fetch-site.ts";
import { HandlerGateway, type PayloadFormat, type Routes } from "./handler-gateway.ts";
import { Visitor } from "./visitor.ts";

// biome-ignore lint/suspicious/noExplicitAny: a session without a declared type accepts any value
type AnyData = Record<string, any>;

/** Options of a browser. Everything is optional. */
export interface BrowserOptions {
  /** Session interface of the handlers. `editSession` needs it. */
  readonly sessionInterface?: SessionInterface;
  /**
   * Returns the time in milliseconds since the epoch. Pass the session interface the same clock. Default:
   * `Date.now`.
   */
  readonly clock?: () => number;
  /** Origin of the application. Default: `https://app.example.com`. */
  readonly origin?: string;
  /** Payload format of the events. Default: `2.0`. */
  readonly payload?: PayloadFormat;
  /** Follows redirects. Default: false. */
  readonly followRedirects?: boolean;
}

/** Options of one request. Everything is optional. */
export interface BrowserRequest {
  /** Headers by name in lower case. They replace the browser's own headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * Origin of the page that causes the request. It determines Sec-Fetch-Site, Origin and the cookies that are
   * sent. Default: the application's own page for unsafe methods; an address that the visitor typed for safe
   * methods.
   */
  readonly from?: string;
  readonly followRedirects?: boolean;
}

const MOST_REDIRECTS = 20;

/**
 * Browser that calls handlers: it creates events, stores cookies and sends them (Flask's `test_client`).
 *
 * ```ts
 * const browser = new Browser({ "GET /visits": visits, "POST /sign-in": signIn }, { sessionInterface });
 * await browser.editSession((session) => session.set("visits", 41));
 * expect((await browser.get("/visits")).json()).toEqual({ visits: 42 });
 * ```
 *
 * Rethrows the error of a handler, so that the test fails with it.
 */
export class Browser<D extends object = AnyData> {
  /** Cookies of this browser. */
  readonly jar: CookieJar;
  readonly #gateway: HandlerGateway;
  readonly #options: BrowserOptions;
  readonly #clock: () => number;
  readonly #origin: string;

  constructor(routes: Routes, options: BrowserOptions = {}) {
    this.#gateway = new HandlerGateway(routes, options.payload);
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#origin = options.origin ?? APP_ORIGIN;
    this.jar = new CookieJar(this.#clock);
  }

  get(path: string, request: BrowserRequest = {}): Promise<BrowserResponse> {
    return this.request("GET", path, request);
  }

  /** Sends a form as HTML forms do, `application/x-www-form-urlencoded`. */
  post(
    path: string,
    form: Readonly<Record<string, string>> = {},
    request: BrowserRequest = {},
  ): Promise<BrowserResponse> {
    const headers = { "content-type": "application/x-www-form-urlencoded", ...request.headers };
    return this.request("POST", path, { body: `${new URLSearchParams(form)}`, ...request, headers });
  }

  /** Sends any request. */
  async request(method: string, path: string, request: BrowserRequest = {}): Promise<BrowserResponse> {
    const { followRedirects = this.#options.followRedirects ?? false } = request;
    const response = await this.#send(method, new URL(path, this.#origin), request);
    return followRedirects ? this.#follow(method, response, request, MOST_REDIRECTS) : response;
  }

  /**
   * Opens this browser's session, calls `edit` to read or change it, saves it and stores the cookie (Flask's
   * `session_transaction`). Returns the result of `edit`.
   *
   * @param path where it is opened, which matters if the cookie has a path
   * @throws Error if the browser has no `sessionInterface`
   */
  async editSession<T>(edit: (session: Session<D>) => T | Promise<T>, path = "/"): Promise<T> {
    const { sessionInterface } = this.#options;
    if (sessionInterface === undefined)
      throw new Error("sessionInterface: editSession needs the session interface of the handlers");
    const visitor = new Visitor<D>(sessionInterface, this.jar, new URL(path, this.#origin).href);
    return (await visitor.visit(edit)).result;
  }

  async #send(method: string, url: URL, request: BrowserRequest): Promise<BrowserResponse> {
    const { body = "", from = isSafe(method) ? undefined : this.#origin } = request;
    const site = fetchSite(from, this.#origin);
    const cookie = this.jar.header(url.href, sameSiteContext(site, method));
    const headers = {
      "user-agent": "Browser",
      "sec-fetch-site": site,
      ...(!isSafe(method) && from !== undefined && { origin: from }),
      ...(cookie !== undefined && { cookie }),
      ...request.headers,
    };
    const time = new Date(this.#clock());
    return this.#receive(url, await this.#gateway.call({ method, url: url.href, headers, body, time }));
  }

  #receive(url: URL, received: HttpResponse): BrowserResponse {
    const response = BrowserResponse.from(url.href, received);
    for (const setCookie of response.cookies) this.jar.store(setCookie, url.href);
    return response;
  }

  /**
   * Follows redirects: 307 and 308 keep the method and the body, all others lead to a GET, as in browsers
   * (Fetch, section 4.4).
   */
  async #follow(
    method: string,
    response: BrowserResponse,
    request: BrowserRequest,
    left: number,
  ): Promise<BrowserResponse> {
    if (!isRedirect(response)) return response;
    if (left === 0)
      throw new Error(`more than ${MOST_REDIRECTS} redirects, the last one from ${response.url}`);
    const url = new URL(response.headers.get("location") ?? "", response.url);
    if (url.origin !== this.#origin)
      throw new Error(`the redirect leads to another origin: ${url.origin}; set followRedirects to false`);
    const link = { from: request.from ?? this.#origin };
    if (!keepsMethod(response))
      return this.#follow("GET", await this.#send("GET", url, link), link, left - 1);
    return this.#follow(method, await this.#send(method, url, request), request, left - 1);
  }
}

function isRedirect({ status, headers }: BrowserResponse): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.has("location");
}

function keepsMethod({ status }: BrowserResponse): boolean {
  return status === 307 || status === 308;
}
