import type { Authentication } from "lambda-sessions";
import type { Browser, BrowserResponse } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { USER_STORAGES } from "../memory-sessions.ts";
import { DemoWithUsers, PAGES, startDemo, submit, textOf } from "./demo.ts";

const ADA = { id: "sub-1", name: "Ada" };
const ISSUER = "https://id.example/realms/demo";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startDemo({ SIGN_IN: "oidc" });
});

function signIn(authentication: Authentication, target = browser): Promise<void> {
  return target.editSession((session) => session.signIn(ADA, { authentication }));
}

/** Returns what the page says about a sign-in. */
async function factsOf(authentication: Authentication): Promise<string> {
  await signIn(authentication);
  return textOf(await browser.get("/demo"));
}

describe("the demo with an identity provider", () => {
  test("the page leads to the sign-in with links, and back to itself", async () => {
    const { body } = await browser.get("/demo");
    expect(body).toContain('<a href="/sign-in?returnTo=/demo">Sign in</a>');
    expect(body).toContain('<a href="/sign-in?returnTo=/demo&amp;remember=true">');
    expect(body).not.toContain("/demo/sign-in");
  });

  test("the page signs the user out with the form of the application", async () => {
    await signIn({ at: new Date() });
    const { body } = await browser.get("/demo");
    expect(body).toContain('method="post" action="/sign-out"');
    expect(body).not.toContain("/demo/sign-out");
  });

  test.each(["/demo/sign-in", "/demo/sign-out"])(
    "nobody can sign in or out under any name: POST %s",
    async (path) => {
      expect((await browser.post(path, { name: "Ada" })).status).toBe(404);
    },
  );
});

describe("the facts about a sign-in", () => {
  test("the page shows who is signed in, by which provider and how, in plain words", async () => {
    const text = await factsOf({ at: new Date(), issuer: ISSUER, acr: "mfa", amr: ["pwd", "otp"] });
    expect(text).toContain("You are signed in as Ada.");
    expect(text).toContain(
      "You signed in at id.example with a password and a one-time code (level: several factors), 20",
    );
  });

  test("the page names a level that is the only method once", async () => {
    const text = await factsOf({ at: new Date(), issuer: ISSUER, acr: "pwd", amr: ["pwd"] });
    expect(text).toContain("You signed in at id.example with a password, 20");
  });

  test("methods and levels without words of the demo keep the provider's names, and are escaped", async () => {
    await signIn({ at: new Date(), issuer: "<b>", acr: "<i>", amr: ["<u>", "x", "x", "x", "x", "sixth"] });
    const { body } = await browser.get("/demo");
    expect(body).toContain(
      "at <strong>&#60;b&#62;</strong> with &#60;u&#62; and x and x and x and x (level: &#60;i&#62;), <time",
    );
  });

  test("the page says when the provider did not say when and how the user signed in", async () => {
    const text = await factsOf({ issuer: ISSUER });
    expect(text).toContain("You signed in at id.example , at an unknown time.");
    expect(text).not.toContain("fresh sign-in");
  });

  test("the page shows a sign-in under any name as one that the page believes", async () => {
    browser = await startDemo({ SIGN_IN: undefined });
    const text = textOf(await submit(browser, "/demo/sign-in", { name: "Ada" }));
    expect(text).toContain("You signed in here with any name, 20");
    expect(text).not.toContain("fresh sign-in");
  });

  test("the page shows no facts to a visitor who is not signed in", async () => {
    await browser.editSession((session) => session.set("visits", 1));
    expect(textOf(await browser.get("/demo"))).not.toContain("You signed in");
  });
});

describe.each(USER_STORAGES)("the times of a sign-in with storage=%s", (storage) => {
  let demo: DemoWithUsers;

  beforeEach(async () => {
    demo = await DemoWithUsers.start(storage, {
      hasOidc: true,
      settings: { lifetime: 3600, absoluteLifetime: 86_400, rememberFor: 604_800 },
    });
    browser = demo.browser();
  });

  function time(response: BrowserResponse, before: string): string | undefined {
    return new RegExp(`${before} (\\d[-\\d]+ [\\d:]+) UTC`).exec(textOf(response))?.[1];
  }

  test("the page shows when the user signed in and when a new sign-in is needed", async () => {
    await signIn({ at: new Date(demo.clock.now() - 10_000), issuer: ISSUER });
    const page = await browser.get("/demo");
    expect(time(page, "at id.example ,")).toBe("2026-11-23 11:59:50");
    expect(time(page, "without use, after")).toBe("2026-11-23 13:00:00");
    expect(time(page, "in any case, after")).toBe("2026-11-24 12:00:00");
    expect(time(page, "a fresh sign-in , after")).toBe("2026-11-23 12:00:50");
  });

  test("the page shows the end of a session that is remembered", async () => {
    await browser.editSession((session) => session.signIn(ADA, { remember: true }));
    const page = await browser.get("/demo");
    expect(time(page, "in any case, after")).toBe("2026-11-30 12:00:00");
    expect(time(page, "without use, after")).toBe("2026-11-30 12:00:00");
  });

  test("the section is open for a minute after the sign-in, and then leads to a new one and back", async () => {
    await signIn({ at: new Date(demo.clock.now()), issuer: ISSUER });
    demo.clock.advance(60);
    const open = await browser.get("/demo/fresh", { headers: PAGES });
    expect(open.status).toBe(200);
    expect(time(open, "as Ada at")).toBe("2026-11-23 12:00:00");
    expect(time(open, "is open until")).toBe("2026-11-23 12:01:00");
    demo.clock.advance(1);
    const closed = await browser.get("/demo/fresh", { headers: PAGES });
    expect([closed.status, closed.headers.get("location")]).toEqual([
      303,
      "/sign-in?returnTo=%2Fdemo%2Ffresh&maxAge=60",
    ]);
  });

  test("a form that is sent too late is not taken, and a message says so after the sign-in", async () => {
    await signIn({ at: new Date(demo.clock.now()), issuer: ISSUER });
    demo.clock.advance(61);
    const refused = await browser.post("/demo/fresh", { note: "hello" }, { headers: PAGES });
    expect(refused.status).toBe(401);
    expect(refused.body).toContain('<a href="/sign-in?returnTo=%2Fdemo%2Ffresh&#38;maxAge=60">Sign in</a>');
    await signIn({ at: new Date(demo.clock.now()), issuer: ISSUER });
    const text = textOf(await browser.get("/demo/fresh"));
    expect(text).toContain("Your form was not sent, because you had to sign in first.");
    expect(text).not.toContain("has arrived");
  });
});

describe("the section that needs a fresh sign-in", () => {
  beforeEach(() => signIn({ at: new Date(), issuer: ISSUER }));

  test("a visitor who is not signed in is led to the sign-in and back", async () => {
    browser = await startDemo({ SIGN_IN: "oidc" });
    const { status, headers } = await browser.get("/demo/fresh", { headers: PAGES });
    expect([status, headers.get("location")]).toEqual([303, "/sign-in?returnTo=%2Fdemo%2Ffresh&maxAge=60"]);
  });

  test("a setting freshFor of less than a minute applies", async () => {
    browser = await startDemo({ SIGN_IN: "oidc", SESSION_FRESH_FOR: "5" });
    const { headers } = await browser.get("/demo/fresh", { headers: PAGES });
    expect(headers.get("location")).toContain("maxAge=5");
  });

  test("the page has no script, is not cached and submits its form to itself", async () => {
    const { headers, body } = await browser.get("/demo/fresh", { headers: PAGES });
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^;]*; img-src/,
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toContain('method="post" action="/demo/fresh"');
    expect(body).not.toMatch(/<script|style="/);
  });

  test("the form takes a note and shows its length, once", async () => {
    const text = textOf(await submit(browser, "/demo/fresh", { note: " hallo ☃ " }));
    expect(text).toContain("Your note has arrived. It has 7 characters.");
    expect(textOf(await browser.get("/demo/fresh"))).not.toContain("has arrived");
  });

  test.each(["", " ", "x".repeat(101)])("the form refuses the note %j with a sentence", async (note) => {
    const response = await submit(browser, "/demo/fresh", { note });
    expect(response.status).toBe(400);
    expect(textOf(response)).toContain("Please write a note of 1 to 100 characters.");
  });

  test("the name of the user and messages are escaped", async () => {
    const name = "<script>alert(1)</script>";
    await browser.editSession((session) => {
      session.signIn({ id: "x", name }, { authentication: { at: new Date() } });
      session.flash(name, name);
    });
    const { body } = await browser.get("/demo/fresh");
    expect(body).not.toContain("<script>");
    expect(body.match(/&#60;script&#62;/g)).toHaveLength(3);
  });
});
