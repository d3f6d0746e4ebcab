import { beforeEach, describe, expect, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie/secure-cookie-session-interface.ts";
import { type FreshnessOptions, requireFresh } from "../../../../shared/lambda/guards/require-fresh.ts";
import type { UserHandler } from "../../../../shared/lambda/guards/require-user.ts";
import type { HttpEvent } from "../../../../shared/lambda/http-event.ts";
import { createWithSession } from "../../../../shared/lambda/with-session.ts";
import { ServerSideSessionInterface } from "../../../../shared/server-side/server-side-session-interface.ts";
import type { SessionInterface } from "../../../../shared/session/session-interface.ts";
import type { Authentication } from "../../../../shared/session/sign-in/authentication.ts";
import { MemoryStore } from "../../../../shared/stores/memory-store.ts";
import { Browser } from "../../../../shared/testing/browser.ts";
import { Clock } from "../../../../shared/testing/clock.ts";
import { RevocableCookieSessionInterface } from "../../../../shared/users/revocable-cookie-session-interface.ts";

interface Data {
  visits: number;
}

const KEYS = ["a secret key of at least 32 bytes, for tests"];
const ADA = { id: "u-1", name: "Ada" };
const ISSUER = "https://id.example";
const PAGE = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-mode": "navigate" };
const JSON_ONLY = { accept: "application/json" };
const AGAIN = "Please sign in again, to confirm that it is you.";

/** Seconds for which an authentication is fresh in these tests. */
const FRESH = 300;

const log = () => {};

const STORAGES: readonly [string, (clock: () => number) => SessionInterface][] = [
  ["cookie", (clock) => new SecureCookieSessionInterface({ keys: KEYS, clock, log })],
  [
    "cookie, shared with Flask",
    (clock) => new SecureCookieSessionInterface({ keys: KEYS, clock, log, settings: { flask: true } }),
  ],
  [
    "revocable-cookie",
    (clock) => new RevocableCookieSessionInterface({ keys: KEYS, store: new MemoryStore(), clock, log }),
  ],
  [
    "dynamodb",
    (clock) => new ServerSideSessionInterface({ keys: KEYS, store: new MemoryStore(), clock, log }),
  ],
];

let clock: Clock;

beforeEach(() => {
  clock = new Clock();
});

/** Cookies of a day ahead are accepted, so that the guard decides alone about a clock that has jumped. */
const LENIENT: (typeof STORAGES)[number][1] = (clock) =>
  new SecureCookieSessionInterface({ keys: KEYS, clock, log, settings: { clockSkew: 86_400 } });

/** Returns a browser in front of a handler at `/transfer` that needs a fresh authentication. */
function browse(options: FreshnessOptions = {}, create = LENIENT) {
  const sessionInterface = create(clock.now);
  const handler = vi.fn<UserHandler<Data, HttpEvent>>((_event, { user }) => ({
    statusCode: 200,
    body: user.name,
  }));
  const guarded = createWithSession<Data>({ sessionInterface })<HttpEvent>(
    requireFresh(FRESH, handler, options),
  );
  const browser = new Browser<Data>({ "ANY /transfer": guarded }, { sessionInterface, clock: clock.now });
  return { handler, browser };
}

/** Signs Ada in at the provider, now unless `authentication` says otherwise. */
function signIn(browser: Browser<Data>, authentication: Authentication = { at: new Date(clock.now()) }) {
  return browser.editSession((session) =>
    session.signIn(ADA, { authentication: { issuer: ISSUER, ...authentication } }),
  );
}

describe.each(STORAGES)("requireFresh with storage=%s", (_storage, create) => {
  test("a handler runs until the authentication is older than the seconds, and after a new one again", async () => {
    const { browser, handler } = browse({}, create);
    await signIn(browser);
    clock.advance(FRESH);
    expect((await browser.post("/transfer")).body).toBe("Ada");
    clock.advance(1);
    expect((await browser.post("/transfer")).status).toBe(401);
    expect((await browser.get("/transfer?to=bob")).headers.get("location")).toBe(
      "/sign-in?returnTo=%2Ftransfer%3Fto%3Dbob&maxAge=300",
    );
    await signIn(browser);
    expect((await browser.get("/transfer?to=bob")).body).toBe("Ada");
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("other requests prolong the session, but not the authentication", async () => {
    const { browser, handler } = browse({}, create);
    await signIn(browser);
    for (let minute = 0; minute < 6; minute++) {
      clock.advance(60);
      await browser.editSession((session) => session.increment("visits"));
    }
    expect((await browser.get("/transfer")).status).toBe(303);
    expect(handler).not.toHaveBeenCalled();
  });

  test("a sign-in of the application itself is an authentication of that moment", async () => {
    const { browser } = browse({}, create);
    await browser.editSession((session) => session.signIn(ADA));
    expect((await browser.get("/transfer")).body).toBe("Ada");
    clock.advance(FRESH + 1);
    expect((await browser.get("/transfer")).status).toBe(303);
  });

  test("the message of a form that was not sent waits until the user has signed in again", async () => {
    const { browser } = browse({}, create);
    await signIn(browser);
    clock.advance(FRESH + 1);
    await browser.post("/transfer", {}, { headers: PAGE });
    await signIn(browser);
    const flashes = await browser.editSession((session) => session.flashes());
    expect(flashes.map(({ message }) => message)).toEqual([
      "Your form was not sent, because you had to sign in first. Please send it again.",
    ]);
  });
});

describe("an authentication that is not fresh", () => {
  test("a visitor who is not signed in is asked to sign in with the same parameters", async () => {
    const { browser, handler } = browse({ acr: ["mfa", "phr"] });
    expect((await browser.get("/transfer")).headers.get("location")).toBe(
      "/sign-in?returnTo=%2Ftransfer&maxAge=300&acr=mfa+phr",
    );
    expect((await browser.get("/transfer", { headers: JSON_ONLY })).json()).toEqual({
      type: "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2",
      title: "Unauthorized",
      status: 401,
      detail: "Please sign in.",
      signIn: "/sign-in?maxAge=300&acr=mfa+phr",
      maxAge: 300,
      acr: ["mfa", "phr"],
    });
    expect(handler).not.toHaveBeenCalled();
  });

  test("an authentication at a time that the provider did not name is never fresh", async () => {
    const { browser, handler } = browse();
    await signIn(browser, {});
    expect((await browser.get("/transfer")).status).toBe(303);
    expect(handler).not.toHaveBeenCalled();
  });

  test.each([
    ["at most a minute ahead is fresh, because clocks differ", 60, 200],
    ["further ahead is not fresh, because a clock has jumped", 61, 303],
  ])("an authentication %s", async (_what, seconds, status) => {
    const { browser } = browse();
    clock.advance(seconds);
    await signIn(browser);
    clock.advance(-seconds);
    expect((await browser.get("/transfer")).status).toBe(status);
  });

  test.each([
    ["one of the classes", "phr", 200],
    ["another class", "pwd", 303],
    ["a class whose name begins like one of them", "mfa2", 303],
    ["no class", undefined, 303],
  ])("a fresh authentication of %s is answered with its status", async (_what, acr, status) => {
    const { browser } = browse({ acr: ["mfa", "phr"] });
    await signIn(browser, { at: new Date(clock.now()), ...(acr !== undefined && { acr }) });
    expect((await browser.get("/transfer")).status).toBe(status);
  });

  test("an old authentication of the right context is not fresh", async () => {
    const { browser } = browse({ acr: ["mfa"] });
    await signIn(browser, { at: new Date(clock.now() - (FRESH + 1) * 1000), acr: "mfa" });
    expect((await browser.get("/transfer")).status).toBe(303);
  });
});

describe("responses of requireFresh", () => {
  test.each(["GET", "POST"])(
    "a client that prefers JSON gets problem details for %s with the parameters as members",
    async (method) => {
      const { browser } = browse({ signIn: "/login" });
      await signIn(browser, {});
      const response = await browser.request(method, "/transfer", { headers: JSON_ONLY });
      expect([response.status, response.headers.has("location"), response.cookies]).toEqual([401, false, []]);
      expect(response.json()).toEqual({
        type: "https://www.rfc-editor.org/rfc/rfc9470#section-3",
        title: "Unauthorized",
        status: 401,
        detail: AGAIN,
        signIn: "/login?maxAge=300",
        maxAge: 300,
      });
    },
  );

  test("a form is answered with a page that continues to the sign-in, and then to the form's page", async () => {
    const { browser, handler } = browse({ form: "/settings" });
    await signIn(browser, {});
    const { status, body } = await browser.post("/transfer", {}, { headers: PAGE });
    expect([status, handler.mock.calls]).toEqual([401, []]);
    expect(body).toContain(`<h1>${AGAIN}</h1>`);
    expect(body).toContain('content="0;url=/sign-in?returnTo=%2Fsettings&#38;maxAge=300"');
  });
});

describe("options of requireFresh", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 315_360_001, "300", undefined])(
    "requireFresh throws for %s seconds",
    (seconds) => {
      expect(() => requireFresh(seconds as number, () => null)).toThrow(
        expect.objectContaining({ name: "OptionError", option: "seconds" }),
      );
    },
  );

  test.each<[keyof FreshnessOptions, unknown]>([
    ["acr", []],
    ["acr", "mfa"],
    ["acr", [""]],
    ["acr", ["m fa"]],
    ["acr", ["mfa", 1]],
    ["acr", ['"mfa"']],
    ["acr", ["mfa".repeat(67)]],
    ["acr", ["m".repeat(100), "f".repeat(100)]],
    ["acr", null],
    ["signIn", "//evil.example"],
    ["form", "https://evil.example/"],
  ])("requireFresh throws for the option %s with the value %j", (option, value) => {
    expect(() => requireFresh(FRESH, () => null, { [option]: value })).toThrow(
      expect.objectContaining({ name: "OptionError", option }),
    );
  });
});
