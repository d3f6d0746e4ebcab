import { CookieJar } from "tough-cookie";

/** A browser with its own cookies, at the address of an example. It follows no redirects. */
export class Visitor {
  readonly jar = new CookieJar();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, request: RequestInit = {}): Promise<Response> {
    return this.fetch(path, request);
  }

  /** Sends a form, or with a `body` in `request` anything else. */
  post(
    path: string,
    form: Readonly<Record<string, string>> = {},
    request: RequestInit = {},
  ): Promise<Response> {
    return this.fetch(path, { method: "POST", body: new URLSearchParams(form), ...request });
  }

  /** Sends a request with the cookies, and stores those of the response. */
  async fetch(path: string, request: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.#url).href;
    const headers = new Headers(request.headers);
    const cookies = await this.jar.getCookieString(url);
    if (cookies !== "") headers.set("cookie", cookies);
    const response = await fetch(url, { redirect: "manual", ...request, headers });
    for (const cookie of response.headers.getSetCookie()) await this.jar.setCookie(cookie, url);
    return response;
  }
}
