import { beforeEach, describe, expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import type { HandlerResult } from "../../../shared/lambda/http-result.ts";
import { createWithSession } from "../../../shared/lambda/with-session.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Browser } from "../../../shared/testing/browser.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";

const HOUR = 3600;
const settings = { permanent: true, lifetime: HOUR, renewAfter: HOUR / 4 };

let clock: Clock;
beforeEach(() => {
  clock = new Clock();
});

function shared() {
  const keys = ["a secret key of at least 32 bytes, the newest"];
  return { keys, settings, clock: clock.now, log: () => {}, store: new MemoryStore() };
}

const interfaces: [name: string, make: () => SessionInterface][] = [
  ["cookie session", () => new SecureCookieSessionInterface(shared())],
  ["revocable cookie session", () => new RevocableCookieSessionInterface(shared())],
  ["server-side session", () => new ServerSideSessionInterface(shared())],
];

const asPublic = (body: unknown): HandlerResult => ({
  statusCode: 200,
  headers: { "cache-control": "public, max-age=60" },
  body: `${body}`,
});

function start(make: () => SessionInterface): Browser {
  const sessionInterface = make();
  const withSession = createWithSession({ sessionInterface, log: () => {} });
  const respond = (use: (session: Session) => unknown) =>
    withSession((_event, session) => asPublic(use(session as Session)));
  const routes = {
    "GET /page": respond((session) => session.get("a")),
    "GET /change": respond((session) => session.set("a", 2)),
    "GET /sign-out": respond((session) => session.signOut()),
    "GET /private": withSession((_event, session) => `${session.get("a")}`),
  };
  return new Browser(routes, { sessionInterface, clock: clock.now });
}

describe.each(interfaces)("a public response with a %s", (_name, make) => {
  let browser: Browser;

  beforeEach(async () => {
    browser = start(make);
    await browser.editSession((session) => {
      session.signIn({ id: "1", name: "Ada" });
      session.set("a", 1);
    });
  });

  test("a refresh that is due is sent with the next private response, not with a public one", async () => {
    clock.advance(HOUR / 2);
    const { body, cookies, headers } = await browser.get("/page");
    expect([body, cookies, headers.get("cache-control")]).toEqual(["1", [], "public, max-age=60"]);
    const next = await browser.get("/private");
    expect([next.body, next.headers.get("cache-control")]).toEqual([
      "1",
      next.cookies.length === 0 ? "private, no-cache" : "no-store",
    ]);
    clock.advance(HOUR / 4);
    expect((await browser.get("/private")).body).toBe("1");
  });

  test("a deletion that the handler did not cause is not sent with a public response", async () => {
    clock.advance(2 * HOUR);
    expect((await browser.get("/page")).cookies).toEqual([]);
  });

  test("a change makes the response private", async () => {
    const { headers } = await browser.get("/change");
    const isPrivate = headers.get("cache-control") === "private, max-age=60";
    expect(isPrivate).toBe(headers.has("set-cookie"));
    expect((await browser.get("/private")).body).toBe("2");
  });

  test("signing out deletes the cookie and makes the response private", async () => {
    const { cookies, headers } = await browser.get("/sign-out");
    expect(cookies).toContainEqual(expect.stringMatching(/^__Host-session=; Max-Age=0/));
    expect(headers.get("cache-control")).toBe("private, max-age=60");
    expect((await browser.get("/private")).body).toBe("undefined");
  });
});
