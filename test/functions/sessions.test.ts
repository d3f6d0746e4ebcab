import type { SessionInterface, SessionSettings } from "lambda-sessions";
import { APP_ORIGIN, Browser, Clock } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { routesOf } from "../../infra/routes.ts";
import { handlersOf } from "./handlers.ts";
import { USER_STORAGES, useMemorySessions } from "./memory-sessions.ts";

describe.each(USER_STORAGES)("with storage=%s,", (storage) => {
  let clock: Clock;
  let sessionInterface: SessionInterface;
  let routes: ReturnType<typeof handlersOf>;
  let ada: Browser;

  async function start(settings: SessionSettings = {}): Promise<void> {
    vi.resetModules();
    clock = new Clock();
    ({ sessionInterface } = await useMemorySessions(storage, clock, settings));
    routes = handlersOf(routesOf({ hasTable: true }));
    ada = await device("Ada", "Ada's laptop");
  }

  beforeEach(() => start());

  function newBrowser(): Browser {
    return new Browser(routes, { sessionInterface, clock: clock.now });
  }

  /** Returns a browser in which a user has signed in, one minute ago. */
  async function device(name: string, agent: string): Promise<Browser> {
    const browser = newBrowser();
    await browser.post(`/probe?user=${name}`, {}, { headers: { "user-agent": agent } });
    clock.advance(60);
    return browser;
  }

  async function list(browser: Browser): Promise<Record<string, unknown>[]> {
    return (await browser.get("/sessions")).json().sessions;
  }

  async function isSignedIn(browser: Browser): Promise<boolean> {
    return (await browser.get("/probe")).json().user !== null;
  }

  async function end(browser: Browser, form: Readonly<Record<string, string>>) {
    const { status, headers } = await browser.post("/sessions/end", form);
    return [status, headers.get("location")];
  }

  describe("GET /sessions", () => {
    test("GET /sessions lists the sessions of the signed-in user, the last seen first", async () => {
      await device("Ada", "Ada's phone");
      await device("Bob", "Bob's phone");
      const response = await ada.get("/sessions");
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
      const ago = (minutes: number) => new Date(clock.now() - minutes * 60_000).toISOString();
      expect(response.json().sessions).toEqual([
        {
          id: expect.stringMatching(/^[\w-]{22}$/),
          createdAt: ago(2),
          lastSeenAt: ago(2),
          expiresAt: expect.any(String),
          userAgent: "Ada's phone",
          address: "192.0.2.1",
          isCurrent: false,
        },
        expect.objectContaining({ createdAt: ago(3), userAgent: "Ada's laptop", isCurrent: true }),
      ]);
    });

    test("GET /sessions varies by the cookie, and sets none", async () => {
      const response = await ada.get("/sessions");
      expect([response.headers.get("vary"), response.cookies]).toEqual(["Cookie", []]);
    });

    test.each<[string, (browser: Browser) => Promise<unknown>]>([
      ["without a session", async () => undefined],
      [
        "with a session who is not signed in",
        (browser) => browser.editSession((session) => session.flash("Hello.")),
      ],
      [
        "who has signed out",
        async (browser) => {
          await browser.post("/probe?user=Ada");
          await browser.post("/probe");
        },
      ],
    ])("GET /sessions answers a visitor %s with 401", async (_who, before) => {
      const browser = newBrowser();
      await before(browser);
      const response = await browser.get("/sessions");
      expect([response.status, response.body]).toEqual([401, "Please sign in.\n"]);
    });

    test("GET /sessions answers a client that prefers JSON with problem details", async () => {
      const response = await newBrowser().get("/sessions", { headers: { accept: "application/json" } });
      expect([response.headers.get("content-type"), response.headers.get("vary")]).toEqual([
        "application/problem+json",
        "Accept, Cookie",
      ]);
      expect(response.json()).toEqual({
        type: "about:blank",
        title: "Unauthorized",
        status: 401,
        detail: "Please sign in.",
      });
    });

    test("GET /sessions never shows a token, nor a part of a cookie", async () => {
      const phone = await device("Ada", "Ada's phone");
      const { body } = await ada.get("/sessions");
      for (const browser of [ada, phone]) {
        const [cookie] = browser.jar.cookies(APP_ORIGIN);
        const parts = cookie?.value.split(".") ?? [];
        expect(parts).toHaveLength(3);
        const secrets = [...parts, parts[0]?.slice(0, 22), parts[0]?.slice(22, 44)];
        expect(secrets.filter((secret) => body.includes(`${secret}`))).toEqual([]);
      }
    });
  });

  describe("POST /sessions/end", () => {
    test("POST /sessions/end ends the session with an id, and redirects to the page", async () => {
      const phone = await device("Ada", "Ada's phone");
      const [{ id } = {}] = await list(ada);
      expect(await end(ada, { id: `${id}` })).toEqual([303, "/"]);
      expect([await isSignedIn(ada), await isSignedIn(phone)]).toEqual([true, false]);
      expect(await list(ada)).toHaveLength(1);
    });

    test("POST /sessions/end ends its own session and removes the cookie", async () => {
      const [{ id } = {}] = await list(ada);
      expect(await end(ada, { id: `${id}` })).toEqual([303, "/"]);
      expect(ada.jar.cookies(APP_ORIGIN)).toEqual([]);
    });

    test.each<[string, (bob: Browser) => Promise<unknown>]>([
      ["another user's", async (bob) => (await list(bob))[0]?.id],
      ["nobody's", async () => "A".repeat(22)],
      ["empty", async () => ""],
    ])("POST /sessions/end answers an id that is %s with 404, and ends nothing", async (_whose, id) => {
      const bob = await device("Bob", "Bob's phone");
      const response = await ada.post("/sessions/end", { id: `${await id(bob)}` });
      expect([response.status, response.body]).toEqual([404, "You have no such session.\n"]);
      expect([await isSignedIn(ada), await isSignedIn(bob)]).toEqual([true, true]);
    });

    test("POST /sessions/end ends all other sessions of the user, and no other user's", async () => {
      const [phone, tablet] = [await device("Ada", "Ada's phone"), await device("Ada", "Ada's tablet")];
      const bob = await device("Bob", "Bob's phone");
      expect(await end(phone, { which: "others" })).toEqual([303, "/"]);
      const signedIn = await Promise.all([ada, phone, tablet, bob].map(isSignedIn));
      expect(signedIn).toEqual([false, true, false, true]);
    });

    test("POST /sessions/end ends all sessions of the user, this one too", async () => {
      const phone = await device("Ada", "Ada's phone");
      expect(await end(ada, { which: "all" })).toEqual([303, "/"]);
      expect([await isSignedIn(ada), await isSignedIn(phone)]).toEqual([false, false]);
      expect(ada.jar.cookies(APP_ORIGIN)).toEqual([]);
    });

    test.each<[string, Readonly<Record<string, string>>]>([
      ["nothing", {}],
      ["another field", { session: "a" }],
      ["an unknown word", { which: "some" }],
    ])("POST /sessions/end answers a form with %s with 400, and ends nothing", async (_what, form) => {
      const response = await ada.post("/sessions/end", form);
      expect([response.status, response.body]).toEqual([400, expect.stringMatching(/^Please .*\.\n$/)]);
      expect(await isSignedIn(ada)).toBe(true);
    });

    test("POST /sessions/end answers a visitor who is not signed in with 401", async () => {
      const [{ id } = {}] = await list(ada);
      for (const form of [{ id: `${id}` }, { which: "all" }, { which: "others" }] as Record<string, string>[])
        expect((await newBrowser().post("/sessions/end", form)).status).toBe(401);
      expect(await isSignedIn(ada)).toBe(true);
    });

    test("POST /sessions/end answers a body that is no form with 415, and ends nothing", async () => {
      const headers = { "content-type": "application/json" };
      const response = await ada.post("/sessions/end", {}, { headers, body: '{"which":"all"}' });
      expect([response.status, response.body]).toEqual([415, expect.stringMatching(/^Please .*\.\n$/)]);
      expect(await isSignedIn(ada)).toBe(true);
    });

    test("POST /sessions/end refuses another site's form", async () => {
      vi.spyOn(console, "warn").mockReturnValue();
      const response = await ada.post("/sessions/end", { which: "all" }, { from: "https://evil.example" });
      expect(response.status).toBe(403);
      expect(await isSignedIn(ada)).toBe(true);
    });
  });

  describe("POST /sign-in", () => {
    test("a sign-in beyond the limit ends the oldest session", async () => {
      await start({ maxSessionsPerUser: 2 });
      const [phone, tablet] = [await device("Ada", "Ada's phone"), await device("Ada", "Ada's tablet")];
      expect(await Promise.all([ada, phone, tablet].map(isSignedIn))).toEqual([false, true, true]);
    });

    test("a sign-in beyond the limit is answered with 403 when the settings refuse a new session", async () => {
      await start({ maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" });
      const browser = newBrowser();
      const response = await browser.post("/probe?user=Ada");
      expect([response.status, response.cookies]).toEqual([403, []]);
      expect(response.body).toMatch(/^You are signed in 1 times.*\.\n$/);
      expect([await isSignedIn(browser), await isSignedIn(ada)]).toEqual([false, true]);
    });
  });

  test("GET /sessions does not list a session that has signed out", async () => {
    const phone = await device("Ada", "Ada's phone");
    await phone.post("/probe");
    expect((await list(ada)).map(({ userAgent }) => userAgent)).toEqual(["Ada's laptop"]);
  });
});
