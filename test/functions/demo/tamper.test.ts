import { APP_ORIGIN, type Browser } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { flipBit } from "../../../functions/demo/inspection/flip-bit.ts";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { startDemo, submit, textOf } from "./demo.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  browser = await startDemo();
});

function cookieValue(): string | undefined {
  return browser.jar.cookies(APP_ORIGIN)[0]?.value;
}

describe("POST /demo/tamper", () => {
  test("POST /demo/tamper changes the cookie so that it is refused, and changes it back", async () => {
    await submit(browser, "/demo/sign-in", { name: "Ada" });
    const before = cookieValue();
    const refused = await submit(browser, "/demo/tamper");
    expect(cookieValue()).not.toBe(before);
    expect(textOf(refused)).toContain("Refused: bad_signature.");
    expect(textOf(refused)).toContain("Hello, visitor");
    expect(textOf(refused)).toContain("One bit of the cookie was flipped, so it does not verify");
    expect(refused.body).toMatch(/<span class="payload">eyJ<mark>.<\/mark>/);
    const restored = await submit(browser, "/demo/tamper", { back: "yes" });
    expect(cookieValue()).toBe(before);
    expect(textOf(restored)).toContain("Hello, Ada");
  });

  test.each<[string, Record<string, unknown>]>([
    ["sealed", { encrypt: true }],
    ["compressed", { compress: true }],
    ["sent with every response", { flask: true, permanent: true }],
    ["of another name", { cookie: { name: "sid", sameSite: "strict" } }],
  ])("POST /demo/tamper changes a cookie that is %s, and changes it back", async (_how, settings) => {
    browser = await startDemo({ SESSION_SETTINGS: JSON.stringify(settings) });
    await submit(browser, "/demo/entries", { name: "text", type: "text", value: "again and ".repeat(60) });
    expect(textOf(await submit(browser, "/demo/tamper"))).toContain("Refused: bad_signature.");
    expect(textOf(await submit(browser, "/demo/tamper", { back: "yes" }))).toContain("again and again");
  });

  test("POST /demo/tamper keeps the cookie's attributes", async () => {
    const [original = ""] = (await browser.post("/demo/visits")).cookies;
    const [changed = ""] = (await browser.post("/demo/tamper")).cookies;
    expect(changed.split("; ").slice(1)).toEqual(original.split("; ").slice(1));
  });

  test("POST /demo/tamper sets no cookie for a request without one", async () => {
    const { status, cookies } = await browser.post("/demo/tamper");
    expect([status, cookies]).toEqual([303, []]);
  });

  test("POST /demo/tamper answers a form of another site with 403 and keeps the cookie", async () => {
    await browser.post("/demo/visits");
    const before = cookieValue();
    // Sent explicitly, as a browser without SameSite would send it.
    const headers = { cookie: `__Host-session=${before}` };
    const { status, cookies } = await browser.post(
      "/demo/tamper",
      {},
      { from: "https://evil.example", headers },
    );
    expect([status, cookies, cookieValue()]).toEqual([403, [], before]);
  });

  test("POST /demo/tamper does not change a cookie that is refused already", async () => {
    await browser.post("/demo/visits");
    const headers = { cookie: `__Host-session=${cookieValue()}x` };
    expect((await browser.post("/demo/tamper", {}, { headers })).cookies).toEqual([]);
    const page = await browser.get("/demo", { headers });
    expect(textOf(page)).toContain("The cookie may be one of other secret keys or other settings.");
    expect(page.body).not.toContain('action="/demo/tamper"');
  });

  test("POST /demo/tamper deletes the cookie of an expired session and does not flip it", async () => {
    browser = await startDemo({ SESSION_SETTINGS: '{"lifetime":1}' });
    await browser.post("/demo/visits");
    const headers = { cookie: `__Host-session=${cookieValue()}` };
    vi.useFakeTimers({ now: Date.now() + 5000, toFake: ["Date"] });
    const { cookies } = await browser.post("/demo/tamper", {}, { headers });
    vi.useRealTimers();
    expect(cookies.at(-1)).toMatch(/^__Host-session=; Max-Age=0/);
  });

  test("POST /demo/tamper keeps the lifetime of a permanent cookie", async () => {
    browser = await startDemo({ SESSION_SETTINGS: '{"permanent":true,"lifetime":3600}' });
    await browser.post("/demo/visits");
    expect((await browser.post("/demo/tamper")).cookies).toEqual([
      expect.stringContaining("; Max-Age=3600;"),
    ]);
  });

  test("a new session replaces a cookie that POST /demo/tamper has changed", async () => {
    await submit(browser, "/demo/sign-in", { name: "Ada" });
    await submit(browser, "/demo/tamper");
    expect(textOf(await submit(browser, "/demo/visits"))).toContain("Visits: 1");
    expect(textOf(await browser.get("/demo"))).not.toContain("Refused");
  });
});

describe("flipping a bit", () => {
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const payloads = [...ALPHABET].flatMap((character) => [`eyJ${character}`, `A_-${character}Ej9`]);
  const cookies = payloads.flatMap((payload) => [payload, `.${payload}.awe17w.AAAA`, `~${payload}`]);

  test("flipping a bit of any cookie changes one character, and flipping it again restores the cookie", () => {
    for (const cookie of cookies) {
      const flipped = flipBit(cookie);
      const changed = [...cookie].filter((character, index) => character !== flipped[index]);
      expect([flipped.length, changed.length, flipBit(flipped)], cookie).toEqual([cookie.length, 1, cookie]);
    }
  });

  test.each(["", ".", "~", "e", ".ey", "~eyJ", "%22; é", "\u{1f600}", "\ud800\0"])(
    "flipping a bit of a string that is no cookie returns a string: %j",
    (cookie) => expect(flipBit(cookie)).toBeTypeOf("string"),
  );
});
