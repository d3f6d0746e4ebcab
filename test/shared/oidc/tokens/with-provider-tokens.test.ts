import { beforeEach, describe, expect, test } from "vitest";
import { hashIdentifier } from "../../../../shared/crypto/identifiers.ts";
import { createWithProviderTokens } from "../../../../shared/oidc/tokens/with-provider-tokens.ts";
import { OptionError } from "../../../../shared/options/option-error.ts";
import type { Browser } from "../../../../shared/testing/browser.ts";
import { type Data, STORAGES, TokenApplication } from "./token-application.ts";
import { ADA } from "./token-fixture.ts";

const LIFE = 300;
const JSON_CLIENT = { headers: { accept: "application/json" } };

describe.each(STORAGES)("with storage=%s", (storage) => {
  let application: TokenApplication;
  let browser: Browser<Data>;

  beforeEach(async () => {
    application = new TokenApplication(storage, { renewAfter: 600 });
    browser = application.browser();
    await browser.post("/sign-in");
  });

  test("a handler gets the access token of the sign-in that began the session", async () => {
    expect((await browser.get("/token")).json()).toEqual({ token: "access-1", user: ADA.id });
  });

  test("the tokens stay with the session when it is renewed", async () => {
    await browser.post("/renew");
    expect(await application.tokenOf(browser)).toBe("access-1");
    application.clock.advance(700);
    expect([await application.tokenOf(browser), await application.tokenOf(browser)]).toEqual([
      "access-2",
      "access-2",
    ]);
  });

  test("a further sign-in of the user replaces the tokens, and parallel requests find the new ones", async () => {
    const parallel = new Promise<void>((resolve) => {
      application.beforeSave = async () => {
        expect(await application.tokenOf(browser)).toBe("access-2");
        resolve();
      };
    });
    await browser.post("/sign-in");
    await parallel;
    expect([await application.tokenOf(browser), application.steered.keys.size]).toEqual(["access-2", 1]);
  });

  test("another user who signs in with the same browser gets other tokens", async () => {
    await browser.post("/sign-in", { user: "bob" });
    expect((await browser.get("/token")).json()).toEqual({ token: "access-2", user: "bob" });
    expect(application.steered.keys.size).toBe(2);
  });

  test("a sign-in whose session was revoked meanwhile has its tokens in the new session", async () => {
    application.beforeSave = () => application.sessions.endAllOf(ADA.id);
    await browser.post("/sign-in");
    expect(await application.tokenOf(browser)).toBe("access-2");
  });

  test("the tokens of a session are removed when its user signs out", async () => {
    const copy = await browser.editSession((session) => session.toJSON());
    await browser.post("/sign-out");
    expect(await application.ask(copy)).toBe("ProviderTokensEndedError: removed");
    expect((await browser.get("/me")).json()).toEqual({ user: null, data: {} });
  });

  describe("a refresh that is rejected", () => {
    beforeEach(() => {
      application.provider.revokeAll();
      application.clock.advance(LIFE);
    });

    test("when the provider rejects the refresh, a page leads to the sign-in and back, and the session has ended", async () => {
      const { status, headers, cookies } = await browser.get("/token");
      expect([status, headers.get("location")]).toEqual([303, "/sign-in?returnTo=%2Ftoken"]);
      expect(cookies.join()).toContain("Max-Age=0");
      expect((await application.store.readUser(hashIdentifier(ADA.id)))?.sessions.size).toBe(0);
      expect(application.events).toEqual(["provider_tokens_ended: rejected"]);
      expect(application.sessionLog.records.map(({ event }) => event)).toContain("session_destroyed");
    });

    test("when the provider rejects the refresh, a client that prefers JSON gets 401 and problem details", async () => {
      const { status, headers } = await browser.get("/token", JSON_CLIENT);
      expect([status, headers.get("content-type")]).toEqual([401, "application/problem+json"]);
    });

    test("when the provider rejects the refresh, a form gets 401 and leads to the sign-in, and its change is not saved", async () => {
      const { status } = await browser.post("/token");
      const { user, data } = (await browser.get("/me")).json();
      expect([status, user, data.note]).toEqual([401, null, undefined]);
    });

    test("when the provider rejects the refresh, both of two parallel requests are asked to sign in, and none fails", async () => {
      const tab = application.tabOf(browser);
      const first = browser.get("/token");
      application.onWait = () => first;
      const statuses = await Promise.all([first, tab.get("/token")]);
      expect(statuses.map(({ status }) => status)).toEqual([303, 303]);
      expect((await browser.get("/token")).status).toBe(303);
    });
  });

  test("a request is answered with 503 and Retry-After while another instance refreshes an expired token", async () => {
    application.clock.advance(LIFE);
    const tab = application.tabOf(browser);
    const answers: (string | null | number)[] = [];
    application.provider.answer(async (next) => {
      const { status, headers } = await tab.get("/token", JSON_CLIENT);
      answers.push(status, headers.get("retry-after"));
      return next();
    });
    expect([await application.tokenOf(browser), answers]).toEqual(["access-2", [503, "1"]]);
    expect([await application.tokenOf(tab), application.provider.refreshes]).toEqual(["access-2", 1]);
  });
});

describe("a handler without tokens", () => {
  test("a handler that needs tokens of a visitor who is not signed in is not called inside requireUser", async () => {
    const browser = new TokenApplication("dynamodb").browser();
    expect((await browser.get("/token", JSON_CLIENT)).status).toBe(401);
  });

  test("accessToken throws an error that names requireUser, if nobody is signed in", async () => {
    const browser = new TokenApplication("dynamodb").browser();
    await expect(browser.get("/any")).rejects.toThrow("wrap the handler in requireUser");
  });

  test("accessToken throws an error that names the setting, if keepTokens is not true", async () => {
    const withProviderTokens = createWithProviderTokens(undefined);
    const handler = withProviderTokens(async (_event, session) => session.accessToken());
    await expect(handler({} as never, {}, {} as never)).rejects.toThrow("set keepTokens to true");
  });

  test("withProviderTokens does not change errors of the handler itself", async () => {
    const handler = createWithProviderTokens(undefined)(() => {
      throw new RangeError("of the handler");
    });
    await expect(handler({} as never, {}, {} as never)).rejects.toThrow(RangeError);
  });

  test("a path to the sign-in that is none is refused at construction", () => {
    expect(() => createWithProviderTokens(undefined, { signIn: "https://evil.example" })).toThrow(
      OptionError,
    );
  });
});
