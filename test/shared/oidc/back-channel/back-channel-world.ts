import { onTestFinished } from "vitest";
import type { SessionHandler } from "../../../../shared/lambda/with-session.ts";
import { createWithSession } from "../../../../shared/lambda/with-session.ts";
import type { LogRecord } from "../../../../shared/log/write-log.ts";
import { createBackChannelRoute } from "../../../../shared/oidc/back-channel/back-channel-route.ts";
import { providerSessionLinks } from "../../../../shared/oidc/back-channel/provider-session-links.ts";
import { OidcClient } from "../../../../shared/oidc/provider/oidc-client.ts";
import type { SignInHooks, SignInRoutesOptions } from "../../../../shared/oidc/sign-in-options.ts";
import { createSignInRoutes } from "../../../../shared/oidc/sign-in-routes.ts";
import { ServerSideSessionInterface } from "../../../../shared/server-side/server-side-session-interface.ts";
import type { ConditionalStore } from "../../../../shared/stores/conditional-store.ts";
import { MemoryConditionalStore } from "../../../../shared/stores/memory-conditional-store.ts";
import { MemoryStore } from "../../../../shared/stores/memory-store.ts";
import type { SessionStore } from "../../../../shared/stores/session-store.ts";
import { Browser } from "../../../../shared/testing/browser.ts";
import type { BrowserResponse } from "../../../../shared/testing/browser-response.ts";
import { Clock } from "../../../../shared/testing/clock.ts";
import { httpApiEvent, lambdaContext } from "../../../../shared/testing/events.ts";
import { LogCollector } from "../../../../shared/testing/log-collector.ts";
import { RevocableCookieSessionInterface } from "../../../../shared/users/revocable-cookie-session-interface.ts";
import { SessionDirectory } from "../../../../shared/users/session-directory.ts";
import { HostileProvider } from "../hostile-provider.ts";
import { logoutClaims, logoutRequest } from "./back-channel-fixture.ts";

/** Storages of sessions that a provider can end. */
export const STORAGES = ["revocable-cookie", "dynamodb"] as const;

/** Places in which instances of the application keep sessions and items. */
export interface Stores {
  readonly store: SessionStore;
  readonly items: ConditionalStore;
}

/** Options of a world. Everything is optional. */
export interface WorldOptions {
  readonly storage?: (typeof STORAGES)[number];
  readonly stores?: (clock: () => number) => Stores;
  readonly toUser?: SignInRoutesOptions<object>["toUser"];
  /** Changes the hooks. */
  readonly hooks?: (hooks: Required<Pick<SignInHooks, "onSignIn" | "afterSave">>) => SignInHooks;
}

const KEYS = ["a secret key of at least 32 bytes, for tests"];

/**
 * Application whose requests are answered by two instances in turn, and a provider that can end its sessions.
 */
export class BackChannelWorld {
  readonly clock: Clock;
  readonly provider: HostileProvider;
  readonly log = new LogCollector<LogRecord>();
  readonly stores: Stores;
  readonly #options: WorldOptions;
  #requests = 0;

  private constructor(provider: HostileProvider, clock: Clock, options: WorldOptions) {
    this.provider = provider;
    this.clock = clock;
    this.#options = options;
    this.stores = options.stores?.(clock.now) ?? {
      store: new MemoryStore(),
      items: new MemoryConditionalStore({ clock: clock.now }),
    };
  }

  /** Starts a world, which ends with the test. */
  static async start(options: WorldOptions = {}): Promise<BackChannelWorld> {
    const clock = new Clock();
    const provider = await HostileProvider.start(clock);
    onTestFinished(() => provider.stop().catch(() => {}));
    return new BackChannelWorld(provider, clock, options);
  }

  /** Starts another provider, whose users sign in at the same application. */
  async startOther(): Promise<HostileProvider> {
    const provider = await HostileProvider.start(this.clock);
    onTestFinished(() => provider.stop().catch(() => {}));
    return provider;
  }

  /** Returns a browser. Each of its requests is answered by another instance than the one before. */
  browser(provider = this.provider, stores = this.stores): Browser {
    const instances = [this.#routes(provider, stores), this.#routes(provider, stores)] as const;
    const routes = Object.keys(instances[0]).map((route) => {
      const handler = (event: never, context: never) =>
        instances[this.#requests++ % 2]?.[route]?.(event, context);
      return [route, handler] as const;
    });
    return new Browser(Object.fromEntries(routes), { clock: this.clock.now });
  }

  /** Signs in at the provider with a session of this id. `sid` undefined: the provider sends none. */
  async signIn(
    sid: string | undefined = "provider-session-1",
    { sub = "u-1", provider = this.provider, browser = this.browser(provider) } = {},
  ): Promise<Browser> {
    const location = (await browser.get("/sign-in")).headers.get("location") ?? "";
    const response = await this.callback(browser, location, sid, { sub, provider });
    if (response.status !== 303) throw new Error(`${response.status} ${response.body}`);
    return browser;
  }

  /** Sends the provider's response to an authorization request to the callback. */
  callback(
    browser: Browser,
    location: string,
    sid: string | undefined,
    { sub = "u-1", provider = this.provider } = {},
  ): Promise<BrowserResponse> {
    provider.claims = { ...provider.claims, sid };
    const query = new URLSearchParams(provider.authorize(location, sub));
    return browser.get(`/sign-in/callback?${query}`, { from: provider.issuer });
  }

  /** Returns a logout token. `undefined` removes a claim. */
  token(claims: Record<string, unknown>, provider = this.provider): Promise<string> {
    return provider.signWith(logoutClaims(provider, claims));
  }

  /** Sends a logout token, and returns the status. */
  async logout(
    claims: Record<string, unknown>,
    provider = this.provider,
    stores = this.stores,
  ): Promise<number> {
    return this.send(await this.token(claims, provider), provider, stores);
  }

  /** Sends a token, and returns the status. */
  async send(token: string, provider = this.provider, stores = this.stores): Promise<number> {
    const route = createBackChannelRoute({
      ...{ client: this.#client(provider), sessions: this.#directory(stores), items: stores.items },
      log: this.log.log,
    });
    const { statusCode = 0 } = await route(httpApiEvent(logoutRequest(token)), lambdaContext());
    return statusCode;
  }

  /** Returns the id of the user who is signed in. */
  async userOf(browser: Browser): Promise<string | undefined> {
    return (await browser.get("/me")).json().user?.id;
  }

  /** Returns which of the browsers are signed in. */
  async areSignedIn(browsers: readonly Browser[]): Promise<boolean[]> {
    const signedIn: boolean[] = [];
    for (const browser of browsers) signedIn.push((await this.userOf(browser)) !== undefined);
    return signedIn;
  }

  #client({ issuer, clientSecret = "" }: HostileProvider): OidcClient {
    const { clientId } = HostileProvider;
    return new OidcClient({
      ...{ issuer, clientId, clientSecret: async () => clientSecret, clock: this.clock.now },
      timeout: 60_000,
      log: () => {},
    });
  }

  #directory({ store }: Stores): SessionDirectory {
    const own = this.#options.storage === "dynamodb" ? { store } : {};
    return new SessionDirectory({ users: store, ...own, clock: this.clock.now, log: () => {} });
  }

  #routes(provider: HostileProvider, { store, items }: Stores) {
    const options = { keys: KEYS, store, clock: this.clock.now, log: () => {} };
    const sessionInterface =
      this.#options.storage === "dynamodb"
        ? new ServerSideSessionInterface(options)
        : new RevocableCookieSessionInterface(options);
    const withSession = createWithSession({ sessionInterface, log: () => {} });
    const links = providerSessionLinks({ items, clock: this.clock.now });
    const routes = createSignInRoutes({
      ...{ client: this.#client(provider), withSession, keys: KEYS, log: this.log.log },
      hooks: this.#options.hooks?.(links) ?? links,
      ...(this.#options.toUser && { toUser: this.#options.toUser }),
    });
    const signInByPassword: SessionHandler<object, never> = (_event, session) => {
      session.signIn({ id: "u-1", name: "Ada" });
    };
    return {
      "GET /sign-in": routes,
      "GET /sign-in/callback": routes,
      "POST /password": withSession(signInByPassword),
      "GET /me": withSession((_event, session) => ({ user: session.user ?? null })),
    } as unknown as Record<string, (event: never, context: never) => unknown>;
  }
}
