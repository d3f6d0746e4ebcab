import fc from "fast-check";
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
  test("changes the cookie so that it is refused, and changes it back", async () => {
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
  ])("does so with a cookie that is %s", async (_how, settings) => {
    browser = await startDemo({ SESSION_SETTINGS: JSON.stringify(settings) });
    await submit(browser, "/demo/entries", { name: "text", type: "text", value: "again and ".repeat(60) });
    expect(textOf(await submit(browser, "/demo/tamper"))).toContain("Refused: bad_signature.");
    expect(textOf(await submit(browser, "/demo/tamper", { back: "yes" }))).toContain("again and again");
  });

  test("keeps the cookie’s attributes", async () => {
    const [original = ""] = (await browser.post("/demo/visits")).cookies;
    const [changed = ""] = (await browser.post("/demo/tamper")).cookies;
    expect(changed.split("; ").slice(1)).toEqual(original.split("; ").slice(1));
  });

  test("has nothing to do where there is no cookie", async () => {
    const { status, cookies } = await browser.post("/demo/tamper");
    expect([status, cookies]).toEqual([303, []]);
  });

  test("refuses another site’s form, and leaves the cookie alone", async () => {
    await browser.post("/demo/visits");
    const before = cookieValue();
    // As a browser would send it that keeps no cookie back.
    const headers = { cookie: `__Host-session=${before}` };
    const { status, cookies } = await browser.post(
      "/demo/tamper",
      {},
      { from: "https://evil.example", headers },
    );
    expect([status, cookies, cookieValue()]).toEqual([403, [], before]);
  });

  test("leaves a cookie alone that is refused anyway", async () => {
    await browser.post("/demo/visits");
    const headers = { cookie: `__Host-session=${cookieValue()}x` };
    expect((await browser.post("/demo/tamper", {}, { headers })).cookies).toEqual([]);
    const page = await browser.get("/demo", { headers });
    expect(textOf(page)).toContain("The cookie may be one of other secret keys or other settings.");
    expect(page.body).not.toContain('action="/demo/tamper"');
  });

  test("lets go of a cookie whose session has ended, and does not flip it", async () => {
    browser = await startDemo({ SESSION_SETTINGS: '{"lifetime":1}' });
    await browser.post("/demo/visits");
    const headers = { cookie: `__Host-session=${cookieValue()}` };
    vi.useFakeTimers({ now: Date.now() + 5000, toFake: ["Date"] });
    const { cookies } = await browser.post("/demo/tamper", {}, { headers });
    vi.useRealTimers();
    expect(cookies).toEqual([expect.stringMatching(/^__Host-session=; Max-Age=0/)]);
  });

  test("keeps a permanent cookie as long as before", async () => {
    browser = await startDemo({ SESSION_SETTINGS: '{"permanent":true,"lifetime":3600}' });
    await browser.post("/demo/visits");
    expect((await browser.post("/demo/tamper")).cookies).toEqual([
      expect.stringContaining("; Max-Age=3600;"),
    ]);
  });

  test("is over when a new session begins", async () => {
    await submit(browser, "/demo/sign-in", { name: "Ada" });
    await submit(browser, "/demo/tamper");
    expect(textOf(await submit(browser, "/demo/visits"))).toContain("Visits: 1");
    expect(textOf(await browser.get("/demo"))).not.toContain("Refused");
  });
});

describe("flipping a bit", () => {
  const base64url = fc.string({
    unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
    minLength: 4,
  });
  const cookies = fc.tuple(fc.constantFrom("", ".", "~"), base64url, fc.constantFrom("", ".awe17w.AAAA"));

  test("changes one character, and once more none, of any cookie in the URL-safe alphabet", () => {
    fc.assert(
      fc.property(cookies, (parts) => {
        const cookie = parts.join("");
        const flipped = flipBit(cookie);
        const changed = [...cookie].filter((character, index) => character !== flipped[index]);
        return flipped.length === cookie.length && changed.length === 1 && flipBit(flipped) === cookie;
      }),
    );
  });

  test("gives a text for any text", () => {
    fc.assert(fc.property(fc.string(), (cookie) => typeof flipBit(cookie) === "string"));
  });
});
