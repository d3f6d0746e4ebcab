import { BrowserResponse } from "./browser-response.ts";
import { APP_ORIGIN } from "./events.ts";
import { HandlerGateway, type PayloadFormat, type Routes } from "./handler-gateway.ts";

/** Options of an API client. Everything is optional. */
export interface ApiClientOptions {
  /** Token that the client has kept from an earlier run. Default: none. */
  readonly token?: string;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Origin of the application. Default: `https://app.example.com`. */
  readonly origin?: string;
  /** Payload format of the events. Default: `2.0`. */
  readonly payload?: PayloadFormat;
}

/** Options of one request. Everything is optional. */
export interface ApiRequest {
  /** Headers by name in lower case. They replace the client's own headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/**
 * Client without cookies that calls handlers, as a mobile application does: it sends the session's token as
 * `Authorization: Bearer`, keeps the one of the header `session-token`, and asks for JSON.
 *
 * ```ts
 * const client = new ApiClient({ "GET /visits": visits, "POST /sign-in": signIn });
 * expect((await client.get("/visits")).json()).toEqual({ visits: 1 });
 * ```
 *
 * Rethrows the error of a handler, so that the test fails with it.
 */
export class ApiClient {
  /** Token of the session; `undefined` before the first one, and after the session has ended. */
  token: string | undefined;
  readonly #gateway: HandlerGateway;
  readonly #clock: () => number;
  readonly #origin: string;

  constructor(
    routes: Routes,
    { token, clock = Date.now, origin = APP_ORIGIN, payload }: ApiClientOptions = {},
  ) {
    this.#gateway = new HandlerGateway(routes, payload);
    this.#clock = clock;
    this.#origin = origin;
    this.token = token;
  }

  get(path: string, request: ApiRequest = {}): Promise<BrowserResponse> {
    return this.request("GET", path, request);
  }

  /** Sends a value as JSON. */
  post(path: string, value: unknown = {}, request: ApiRequest = {}): Promise<BrowserResponse> {
    const headers = { "content-type": "application/json", ...request.headers };
    return this.request("POST", path, { body: JSON.stringify(value), ...request, headers });
  }

  /** Sends any request. */
  async request(method: string, path: string, request: ApiRequest = {}): Promise<BrowserResponse> {
    const { href } = new URL(path, this.#origin);
    const { token } = this;
    const headers = {
      "user-agent": "ApiClient",
      accept: "application/json",
      "session-transport": "header",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...request.headers,
    };
    const { body = "" } = request;
    const time = new Date(this.#clock());
    const response = await this.#gateway.call({ method, url: href, headers, body, time });
    return this.#receive(BrowserResponse.from(href, response), token);
  }

  /** Ignores that a session has ended if another response has brought a newer token since the request. */
  #receive(response: BrowserResponse, sent: string | undefined): BrowserResponse {
    const token = response.headers.get("session-token");
    if (token === "deleted") this.token = this.token === sent ? undefined : this.token;
    else if (token !== null) this.token = token;
    return response;
  }
}
