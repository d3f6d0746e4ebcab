import { type Cookie, CookieJar } from "tough-cookie";
import { Agent, buildConnector, fetch } from "undici";
import { fetchSite, sameSiteContext } from "../../../shared/testing/fetch-site.ts";
import { deployment } from "./deployment.ts";

/** Options of a single request. */
export interface DeployedRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  /** The origin of the page that causes the request. Default: the application's own. */
  readonly from?: string;
}

/** The response of `GET /session`. */
export interface ShownSession {
  readonly user: { readonly id: string; readonly name: string } | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
}

/** A browser with its own cookies, at the public URL of a deployed API. It follows no redirects. */
export class DeployedBrowser {
  readonly jar = new CookieJar();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, request?: DeployedRequest): Promise<Response> {
    return this.#fetch("GET", path, request);
  }

  post(
    path: string,
    form: Readonly<Record<string, string>> = {},
    request?: DeployedRequest,
  ): Promise<Response> {
    return this.#fetch("POST", path, { ...request, form });
  }

  /** Returns this browser's session as `GET /session` shows it. */
  async session(): Promise<ShownSession> {
    return (await this.get("/session")).json() as Promise<ShownSession>;
  }

  /** Counts a visit and returns the count. */
  async visit(): Promise<number> {
    const { visits } = (await (await this.get("/visits")).json()) as { visits: number };
    return visits;
  }

  /** Returns the session's cookie, if the browser would send it. */
  async cookie(): Promise<Cookie | undefined> {
    return (await this.jar.getCookies(this.#url)).find(({ key }) => key === "__Host-session");
  }

  async #fetch(
    method: string,
    path: string,
    { headers, form, from }: DeployedRequest = {},
  ): Promise<Response> {
    const url = new URL(path, this.#url);
    const site = fetchSite(from ?? url.origin, this.#url);
    const sameSite = sameSiteContext(site, method);
    const response = await fetch(url, {
      method,
      redirect: "manual",
      dispatcher: DISPATCHER,
      headers: {
        "sec-fetch-site": site,
        ...(method === "POST" && { origin: from ?? url.origin }),
        cookie: await this.jar.getCookieString(url.href, { sameSiteContext: sameSite }),
        ...headers,
      },
      ...(form && { body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) await this.jar.setCookie(cookie, url.href);
    return response;
  }
}

/** Sends requests to the deployed APIs, for those that come from elsewhere than a browser. */
export const DISPATCHER = new Agent(toEmulator(deployment().emulator));

/**
 * Directs every connection to the emulator, whatever the URL: its APIs have the host names of AWS, and it
 * selects them by the Host header.
 */
function toEmulator(emulator: string | undefined): ConstructorParameters<typeof Agent>[0] {
  if (emulator === undefined) return {};
  const { host, hostname, port } = new URL(emulator);
  const connect = buildConnector({});
  return { connect: (to, done) => connect({ ...to, host, hostname, port, servername: "localhost" }, done) };
}
