import { CookieJar } from "tough-cookie";

/** A browser for several servers on localhost: cookies ignore the port (RFC 6265, section 8.5). */
export class SharedBrowser {
  readonly jar = new CookieJar();

  async get(url: string): Promise<Response> {
    return this.#fetch(url, {});
  }

  async post(url: string, json?: unknown): Promise<Response> {
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    return this.#fetch(url, { method: "POST", headers: { "content-type": "application/json" }, ...body });
  }

  async put(url: string): Promise<Response> {
    return this.#fetch(url, { method: "PUT" });
  }

  async postForm(url: string, fields: Record<string, string>): Promise<Response> {
    return this.#fetch(url, { method: "POST", body: new URLSearchParams(fields) });
  }

  /** Returns the value of the session cookie that both servers receive. */
  async cookie(url: string): Promise<string | undefined> {
    return (await this.jar.getCookies(url)).find(({ key }) => key === "session")?.value;
  }

  async #fetch(url: string, options: RequestInit): Promise<Response> {
    const headers = new Headers(options.headers);
    headers.set("cookie", await this.jar.getCookieString(url));
    const response = await fetch(url, { ...options, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) await this.jar.setCookie(cookie, url);
    return response;
  }
}
