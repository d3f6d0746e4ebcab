import { onTestFinished } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { requireFresh } from "../../../shared/lambda/guards/require-fresh.ts";
import type { HttpEvent } from "../../../shared/lambda/http-event.ts";
import { queryOf } from "../../../shared/lambda/query-of.ts";
import { createWithSession } from "../../../shared/lambda/with-session.ts";
import type { ClaimTypes, KeptClaims } from "../../../shared/oidc/kept-claims.ts";
import { OidcClient } from "../../../shared/oidc/provider/oidc-client.ts";
import type {
  OidcClientOptions,
  ProviderNotRefreshed,
} from "../../../shared/oidc/provider/oidc-client-options.ts";
import type { SignInRecord } from "../../../shared/oidc/sign-in-log.ts";
import type { SignInRoutesOptions } from "../../../shared/oidc/sign-in-options.ts";
import { createSignInRoutes } from "../../../shared/oidc/sign-in-routes.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Browser } from "../../../shared/testing/browser.ts";
import type { BrowserResponse } from "../../../shared/testing/browser-response.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import type { PayloadFormat, Routes } from "../../../shared/testing/handler-gateway.ts";
import { LogCollector } from "../../../shared/testing/log-collector.ts";
import { SessionLogCollector } from "../../../shared/testing/session-log-collector.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { HostileProvider } from "./hostile-provider.ts";

export const CLAIMS = {
  email: "string",
  email_verified: "boolean",
  groups: "strings",
} as const satisfies ClaimTypes;

/** Data of the sessions. */
export interface Data {
  claims: KeptClaims<typeof CLAIMS>;
  cart: string;
}

export const KEY = "a secret key of at least 32 bytes, for tests";

export const STORAGES = ["cookie", "revocable-cookie", "dynamodb"] as const;

/** Options of a world. Everything is optional. */
export interface WorldOptions extends Partial<Omit<SignInRoutesOptions<Data>, "client" | "withSession">> {
  readonly storage?: (typeof STORAGES)[number];
  readonly payload?: PayloadFormat;
  readonly client?: Partial<OidcClientOptions>;
}

/** Application with a provider of its own. */
export class SignInWorld {
  readonly clock = new Clock();
  readonly log = new LogCollector<SignInRecord>();
  readonly clientLog = new LogCollector<ProviderNotRefreshed>();
  readonly sessionLog = new SessionLogCollector();
  readonly provider: HostileProvider;
  readonly sessionInterface: SessionInterface;
  readonly client: OidcClient;
  readonly #routes: Routes;
  readonly #payload: PayloadFormat;

  private constructor(provider: HostileProvider, clock: Clock, options: WorldOptions) {
    this.clock = clock;
    this.provider = provider;
    const { storage = "cookie", payload = "2.0", client, keys = [KEY], settings = {}, ...others } = options;
    this.#payload = payload;
    this.sessionInterface = createSessionInterface(storage, {
      keys,
      settings,
      clock: clock.now,
      log: this.sessionLog.log,
    });
    const withSession = createWithSession<Data>({ sessionInterface: this.sessionInterface, log: () => {} });
    this.client = new OidcClient({
      issuer: provider.issuer,
      clientId: HostileProvider.clientId,
      clientSecret: async () => provider.clientSecret ?? "",
      clock: clock.now,
      log: this.clientLog.log,
      // No test fails because the machine is busy.
      timeout: 60_000,
      ...client,
    });
    const routes = createSignInRoutes<Data, never>({
      ...{ client: this.client, withSession, keys, settings, log: this.log.log, claims: CLAIMS },
      ...others,
    });
    this.#routes = {
      "GET /sign-in": routes,
      "GET /sign-in/callback": routes,
      "POST /sign-in/callback": routes,
      "POST /sign-out": routes,
      "GET /signed-out": routes,
      "HEAD /{path+}": routes,
      "GET /sign-out": routes,
      "POST /sign-in": routes,
      "GET /fresh": withSession<HttpEvent>((event, session, context) => {
        const query = new URLSearchParams(queryOf(event));
        const acr = query.getAll("acr");
        const options = acr.length > 0 ? { acr } : {};
        const guard = requireFresh<Data, HttpEvent>(Number(query.get("seconds")), () => "fresh", options);
        return guard(event, session, context);
      }),
      "GET /me": withSession((_event, session) => ({ user: session.user ?? null, data: session })),
    };
  }

  /** Starts a world, which ends with the test. */
  static async start(options: WorldOptions = {}): Promise<SignInWorld> {
    const clock = new Clock();
    const provider = await HostileProvider.start(clock);
    onTestFinished(() => provider.stop().catch(() => {}));
    return new SignInWorld(provider, clock, options);
  }

  /** Returns a new browser. Its requests have `remaining` milliseconds. Default: ten minutes. */
  browser({ remaining = 600_000 }: { readonly remaining?: number } = {}): Browser<Data> {
    const { sessionInterface, clock } = this;
    const routes = withTime(this.#routes, remaining);
    return new Browser<Data>(routes, { sessionInterface, clock: clock.now, payload: this.#payload });
  }

  /** Begins a sign-in, and returns the address of the authorization request. */
  async begin(browser: Browser<Data>, path = "/sign-in"): Promise<string> {
    const { status, headers, body } = await browser.get(path);
    if (status !== 303) throw new Error(`${status} ${body}`);
    return headers.get("location") ?? "";
  }

  /** Sends the provider's response to the callback, as a navigation from the provider's page. */
  callback(
    browser: Browser<Data>,
    parameters: Record<string, string>,
    headers = {},
  ): Promise<BrowserResponse> {
    const query = new URLSearchParams(parameters);
    return browser.get(`/sign-in/callback?${query}`, { from: this.provider.issuer, headers });
  }

  /** Signs in at the provider, and returns the response of the callback. */
  async signIn(browser: Browser<Data>, path = "/sign-in"): Promise<BrowserResponse> {
    return this.callback(browser, this.provider.authorize(await this.begin(browser, path)));
  }

  /** Returns the id of the user who is signed in. */
  async userOf(browser: Browser<Data>): Promise<string | undefined> {
    return (await browser.get("/me")).json().user?.id;
  }

  /** Reasons of the refusals in the log. */
  get reasons(): string[] {
    return this.log.records.map((record) => ("reason" in record ? record.reason : record.event));
  }
}

function withTime(routes: Routes, remaining: number): Routes {
  const getRemainingTimeInMillis = () => remaining;
  return Object.fromEntries(
    Object.entries(routes).map(([key, handler]) => [
      key,
      (event: never, context: object) => handler(event, { ...context, getRemainingTimeInMillis } as never),
    ]),
  );
}

/** Returns a session interface with a storage in memory. */
export function createSessionInterface(
  storage: (typeof STORAGES)[number],
  options: {
    keys: NonNullable<WorldOptions["keys"]>;
    settings: SessionSettings;
    clock: () => number;
    log: SessionLogCollector["log"];
  },
): SessionInterface {
  if (storage === "cookie") return new SecureCookieSessionInterface(options);
  const store = new MemoryStore();
  return storage === "dynamodb"
    ? new ServerSideSessionInterface({ ...options, store })
    : new RevocableCookieSessionInterface({ ...options, store });
}
