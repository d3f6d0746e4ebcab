import { hash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie/secure-cookie-session-interface.ts";
import type { GuardOptions } from "../../../../shared/lambda/guards/ask-to-sign-in.ts";
import { requireUser, type UserHandler } from "../../../../shared/lambda/guards/require-user.ts";
import type { HttpEvent } from "../../../../shared/lambda/http-event.ts";
import { createWithSession } from "../../../../shared/lambda/with-session.ts";
import { ServerSideSessionInterface } from "../../../../shared/server-side/server-side-session-interface.ts";
import type { SessionInterface } from "../../../../shared/session/session-interface.ts";
import { MemoryStore } from "../../../../shared/stores/memory-store.ts";
import { Browser, type BrowserOptions } from "../../../../shared/testing/browser.ts";
import { restApiEvent } from "../../../../shared/testing/events.ts";
import { RevocableCookieSessionInterface } from "../../../../shared/users/revocable-cookie-session-interface.ts";

interface Data {
  visits: number;
}

const [ADA, PAGE, JSON_ONLY] = [
  { id: "u-1", name: "Ada" },
  { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-mode": "navigate" },
  { accept: "application/json" },
];
const SCRIPT = { accept: "*/*", "sec-fetch-mode": "cors" };
const REFERER = { referer: "https://app.example.com/settings?tab=2", host: "app.example.com" };

const KEYS = ["a secret key of at least 32 bytes, for tests"];
const log = () => {};

const STORAGES: readonly [string, () => SessionInterface][] = [
  ["cookie", () => new SecureCookieSessionInterface({ keys: KEYS, log })],
  [
    "revocable-cookie",
    () => new RevocableCookieSessionInterface({ keys: KEYS, store: new MemoryStore(), log }),
  ],
  ["dynamodb", () => new ServerSideSessionInterface({ keys: KEYS, store: new MemoryStore(), log })],
];

/** Returns a browser in front of a guarded handler at `/account`, for GET, HEAD and POST. */
function browse(
  options: GuardOptions = {},
  { sessionInterface = STORAGES[0]?.[1]() as SessionInterface, ...browserOptions }: BrowserOptions = {},
) {
  const handler = vi.fn<UserHandler<Data, HttpEvent>>((_event, { user }) => ({
    statusCode: 200,
    body: user.name,
  }));
  const guarded = createWithSession<Data>({ sessionInterface })<HttpEvent>(requireUser(handler, options));
  const routes = { "ANY /account": guarded };
  return { handler, browser: new Browser<Data>(routes, { sessionInterface, ...browserOptions }) };
}

async function flashesOf(browser: Browser<Data>): Promise<readonly string[]> {
  return browser.editSession((session) => session.flashes().map(({ message }) => `${message}`));
}

describe.each(STORAGES)("requireUser with storage=%s", (_storage, create) => {
  test("a handler runs for a user who is signed in, and its changes are saved", async () => {
    const { browser, handler } = browse({}, { sessionInterface: create() });
    await browser.editSession((session) => session.signIn(ADA));
    handler.mockImplementation(async (_event, session) => ({
      statusCode: 200,
      body: `${session.user.name} ${await session.increment("visits")}`,
    }));
    expect((await browser.get("/account")).body).toBe("Ada 1");
    expect((await browser.post("/account")).body).toBe("Ada 2");
  });

  test("a page redirects a visitor to the sign-in with the way back, and begins no session", async () => {
    const { browser, handler } = browse({}, { sessionInterface: create() });
    const { status, headers, cookies, body } = await browser.get("/account?tab=2", { headers: PAGE });
    expect([status, headers.get("location"), cookies, body]).toEqual([
      303,
      "/sign-in?returnTo=%2Faccount%3Ftab%3D2",
      [],
      "",
    ]);
    expect(handler).not.toHaveBeenCalled();
  });

  test("a form is not handled, and its message waits for the visitor, who signs in with the same session", async () => {
    const { browser, handler } = browse({}, { sessionInterface: create() });
    const { status, cookies } = await browser.post("/account", {}, { headers: PAGE });
    expect([status, cookies.length]).toEqual([401, 1]);
    await browser.editSession((session) => session.signIn(ADA));
    expect(await flashesOf(browser)).toEqual([
      "Your form was not sent, because you had to sign in first. Please send it again.",
    ]);
    expect(handler).not.toHaveBeenCalled();
  });

  test("a visitor whose session has ended is asked to sign in", async () => {
    const { browser, handler } = browse({}, { sessionInterface: create() });
    await browser.editSession((session) => session.signIn(ADA));
    await browser.editSession((session) => session.signOut());
    expect((await browser.get("/account")).status).toBe(303);
    expect(handler).not.toHaveBeenCalled();
  });
});

describe.each(["2.0", "1.0"] as const)("a visitor without a user, payload %s", (payload) => {
  test("a HEAD request is redirected like a GET request", async () => {
    const { browser } = browse({}, { payload });
    const [get, head] = [await browser.get("/account"), await browser.request("HEAD", "/account")];
    expect([head.status, [...head.headers]]).toEqual([303, [...get.headers]]);
  });

  test("no response is cached, and each varies by the headers that decide about it", async () => {
    const { browser } = browse({}, { payload });
    for (const headers of [PAGE, JSON_ONLY, SCRIPT])
      for (const method of ["GET", "POST"]) {
        const answer = await browser.request(method, "/account", { headers });
        expect(answer.headers.get("cache-control")).toBe("private, no-store");
        expect(answer.headers.get("vary")).toBe("Accept, Sec-Fetch-Mode, Cookie");
      }
  });

  test.each(["GET", "POST", "DELETE"])(
    "a client that prefers JSON gets problem details for %s, no redirect and no session",
    async (method) => {
      const { browser, handler } = browse({}, { payload });
      const response = await browser.request(method, "/account", { headers: { ...JSON_ONLY, ...REFERER } });
      expect([
        response.status,
        response.headers.get("content-type"),
        response.headers.has("location"),
      ]).toEqual([401, "application/problem+json", false]);
      expect(response.json()).toEqual({
        type: "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2",
        title: "Unauthorized",
        status: 401,
        detail: "Please sign in.",
        signIn: "/sign-in",
      });
      expect([response.cookies, handler.mock.calls]).toEqual([[], []]);
    },
  );

  test.each(["GET", "POST"])(
    "another request of a script gets a sentence for %s, because it could not follow to a provider",
    async (method) => {
      const { browser } = browse({}, { payload });
      const response = await browser.request(method, "/account", { headers: SCRIPT });
      expect([
        response.status,
        response.headers.get("content-type"),
        response.body,
        response.cookies,
      ]).toEqual([401, "text/plain; charset=utf-8", "Please sign in.\n", []]);
    },
  );

  test("a form is answered with a page that continues to the sign-in, and then to the form's page", async () => {
    const { browser } = browse({}, { payload });
    const { status, headers, body } = await browser.post(
      "/account",
      {},
      { headers: { ...PAGE, ...REFERER } },
    );
    const address = "/sign-in?returnTo=%2Fsettings%3Ftab%3D2";
    expect([status, headers.get("content-type")]).toEqual([401, "text/html; charset=utf-8"]);
    expect(body).toContain(`<meta http-equiv="refresh" content="0;url=${address}">`);
    expect(body).toContain(`<a href="${address}">Sign in</a>`);
    expect(body).toContain("Your form was not sent.");
    expect(headers.has("location")).toBe(false);
  });

  test("the page after a form runs no script, loads nothing, has its own style alone, and is shown in no frame", async () => {
    const { browser } = browse({}, { payload });
    const { headers, body } = await browser.post("/account");
    const style = hash("sha256", body.match(/<style>([^<]+)<\/style>/)?.[1] ?? "", "base64");
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${style}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(body).not.toMatch(/<script|style="|https?:/);
  });
});

describe("the page after a form", () => {
  test("the option form names its page when browsers send no Referer", async () => {
    const { browser } = browse({ form: "/settings?tab=3" });
    const { body } = await browser.post("/account", {}, { headers: PAGE });
    expect(body).toContain("returnTo=%2Fsettings%3Ftab%3D3");
  });

  test.each([
    `https://app.example.com/"><script>alert(1)</script>`,
    "https://app.example.com/a'onload='alert(1)?x=\"><b>&c=d",
    "https://evil.example/",
  ])("no Referer changes its markup: %s", async (referer) => {
    const { browser } = browse();
    const { body } = await browser.post("/account", {}, { headers: { ...REFERER, referer } });
    const [, url = ""] = /<a href="([^"]*)">Sign in<\/a>/.exec(body) ?? [];
    expect(body.match(/<[a-z1]+/g)).toEqual(
      "<html <meta <meta <meta <link <title <style <main <h1 <p <p <a".split(" "),
    );
    expect(url).toMatch(/^\/sign-in\?returnTo=[\w.%*+-]+$/);
    expect(body).toContain(`content="0;url=${url}"`);
  });
});

describe("options of requireUser", () => {
  test("the option signIn names another path, in the redirect and in problem details", async () => {
    const { browser } = browse({ signIn: "/prod/login" });
    expect((await browser.get("/account")).headers.get("location")).toBe("/prod/login?returnTo=%2Faccount");
    expect((await browser.get("/account", { headers: JSON_ONLY })).json()).toMatchObject({
      signIn: "/prod/login",
    });
  });

  test.each([
    "",
    "login",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "/a b",
    "/a?b=c",
    "/a#b",
    1,
    null,
  ])("requireUser throws for the path %j of a sign-in", (signIn) => {
    expect(() => requireUser(() => null, { signIn: signIn as string })).toThrow(
      expect.objectContaining({ name: "OptionError", option: "signIn" }),
    );
  });

  test.each(["", "settings", "//evil.example", "/\\evil.example", "/a\r\nb", `/${"a".repeat(2000)}`, {}])(
    "requireUser throws for the path %j of a form's page",
    (form) => {
      expect(() => requireUser(() => null, { form: form as string })).toThrow(
        expect.objectContaining({ name: "OptionError", option: "form" }),
      );
    },
  );
});

test("a handler for payload 1.0 gets the event and the context", async () => {
  const sessionInterface = new SecureCookieSessionInterface({ keys: KEYS, log });
  const seen: unknown[] = [];
  const guarded = requireUser<Data, HttpEvent>((event, { user }, context) => {
    seen.push(event, user, context);
    return null;
  });
  const session = await sessionInterface.open({
    method: "GET",
    path: "/",
    cookies: [],
    header: () => undefined,
  });
  session.signIn(ADA);
  const [event, context] = [restApiEvent(), { awsRequestId: "1" } as never];
  await guarded(event, session as never, context);
  expect(seen).toEqual([event, ADA, context]);
});
