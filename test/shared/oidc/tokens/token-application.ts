import { requireUser } from "../../../../shared/lambda/guards/require-user.ts";
import { readForm } from "../../../../shared/lambda/request-body.ts";
import { createWithSession } from "../../../../shared/lambda/with-session.ts";
import type { TokenKeeper } from "../../../../shared/oidc/tokens/token-keeper.ts";
import { createWithProviderTokens } from "../../../../shared/oidc/tokens/with-provider-tokens.ts";
import { ServerSideSessionInterface } from "../../../../shared/server-side/server-side-session-interface.ts";
import type { SessionInterface } from "../../../../shared/session/session-interface.ts";
import type { SessionSettings } from "../../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../../shared/stores/memory-store.ts";
import { Browser } from "../../../../shared/testing/browser.ts";
import { APP_ORIGIN } from "../../../../shared/testing/events.ts";
import { SessionLogCollector } from "../../../../shared/testing/session-log-collector.ts";
import { RevocableCookieSessionInterface } from "../../../../shared/users/revocable-cookie-session-interface.ts";
import { SessionDirectory } from "../../../../shared/users/session-directory.ts";
import { ADA, CLAIMS, KEY, TokenFixture } from "./token-fixture.ts";

/** Storages with which tokens can be kept. */
export const STORAGES = ["dynamodb", "revocable-cookie"] as const;

/** Data of the application's sessions. */
export interface Data {
  note: string;
}

/** Application whose visitors sign in, and whose pages call the provider's API. */
export class TokenApplication extends TokenFixture {
  readonly store = new MemoryStore();
  readonly sessionLog = new SessionLogCollector();
  readonly sessionInterface: SessionInterface;
  readonly sessions: SessionDirectory;
  readonly keeper: TokenKeeper;
  /** Runs in the sign-in, after the tokens were kept and before the session is saved. */
  beforeSave: () => unknown = () => {};

  constructor(storage: (typeof STORAGES)[number], settings: SessionSettings = {}) {
    super({ life: 300 });
    const { store, clock, sessionLog } = this;
    const options = { store, settings, keys: [KEY], clock: clock.now, log: sessionLog.log };
    const Interface = storage === "dynamodb" ? ServerSideSessionInterface : RevocableCookieSessionInterface;
    this.sessionInterface = new Interface(options);
    const records = storage === "dynamodb" ? { store } : {};
    this.sessions = new SessionDirectory({
      users: store,
      ...records,
      clock: clock.now,
      log: sessionLog.log,
    });
    this.keeper = this.makeKeeper({ settings });
  }

  /** Returns another tab of a browser, whose requests reach other instances of the functions. */
  tabOf(browser: Browser<Data>): Browser<Data> {
    const tab = this.browser();
    tab.jar.store(`${browser.jar.header(APP_ORIGIN)}; Path=/; Secure`, APP_ORIGIN);
    return tab;
  }

  /** Returns a new browser. */
  browser(): Browser<Data> {
    const { sessionInterface, clock } = this;
    const withSession = createWithSession<Data>({ sessionInterface, log: this.log.log as never });
    const withProviderTokens = createWithProviderTokens(this.makeKeeper());
    const routes = {
      "POST /sign-in": withSession(async (event, session) => {
        const user = readForm(event).body?.get("user") === "bob" ? { id: "bob", name: "Bob" } : ADA;
        session.signIn(user);
        const tokens = this.provider.issue();
        await this.keeper.onSignIn(session as never, { tokens, claims: { ...CLAIMS, sub: user.id } });
        await this.beforeSave();
        return null;
      }),
      "POST /sign-out": withSession(async (_event, session) => {
        await this.keeper.onSignOut(session as never);
        session.signOut();
        return null;
      }),
      "POST /renew": withSession((_event, session) => {
        session.renew();
        return null;
      }),
      "GET /token": withSession(
        requireUser(
          withProviderTokens(async (_event, session) => {
            return { token: await session.accessToken(), user: session.user.id };
          }),
        ),
      ),
      "POST /token": withSession(
        withProviderTokens(async (_event, session) => {
          session.set("note", "changed");
          return { token: await session.accessToken() };
        }),
      ),
      "GET /any": withSession(
        withProviderTokens(async (_event, session) => ({ token: await session.accessToken() })),
      ),
      "GET /me": withSession((_event, session) => ({ user: session.user?.id ?? null, data: session })),
    };
    return new Browser<Data>(routes, { sessionInterface, clock: clock.now });
  }

  /** Returns the token that a browser's next page gets, or its status. */
  async tokenOf(browser: Browser<Data>): Promise<string | number> {
    const response = await browser.get("/token");
    return response.status === 200 ? response.json().token : response.status;
  }
}
