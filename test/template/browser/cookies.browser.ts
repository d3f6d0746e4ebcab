import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium } from "./chromium.ts";
import { DemoPage } from "./demo-page.ts";
import { startStack } from "./local-stack.ts";
import { openWindow } from "./open-window.ts";

let chromium: Browser;
let context: BrowserContext;

beforeAll(async () => {
  chromium = await startChromium();
});

afterAll(() => chromium.close());

describe.each(["cookie", "dynamodb"] as const)("with sessions in %s", (store) => {
  let stack: LocalServer;

  beforeAll(async () => {
    stack = await startStack(store);
  });

  afterAll(() => stack.close());

  async function open(): Promise<DemoPage> {
    context = await openWindow(chromium);
    return DemoPage.open(context, stack.url);
  }

  test("the browser keeps one session cookie that is not persistent, hidden from scripts, and SameSite=Lax", async () => {
    const demo = await open();
    await demo.press("Count a visit");
    await demo.see("Visits: 1");
    expect(await context.cookies()).toEqual([
      {
        name: expect.stringMatching(/^session-[\da-f]{6}$/),
        value: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{43}$/),
        domain: "localhost",
        path: "/",
        expires: -1,
        httpOnly: true,
        secure: false,
        sameSite: "Lax",
      },
    ]);
    expect(await demo.page.evaluate("document.cookie")).toBe("");
  });

  test("the browser gets another token at sign-in, and the page contains no part of the token", async () => {
    const demo = await open();
    await demo.press("Count a visit");
    await demo.see("Visits: 1");
    const [before] = await context.cookies();
    await demo.signIn("Ada");
    const [after] = await context.cookies();
    expect(after?.value).not.toBe(before?.value);
    const text = await demo.page.content();
    const [payload = "", , signature = ""] = after?.value.split(".") ?? [];
    const inTable = [payload.slice(0, 22), payload.slice(22, 44), payload.slice(44)];
    for (const secret of [signature, ...(store === "dynamodb" ? inTable : [])]) {
      expect(secret.length).toBeGreaterThanOrEqual(22);
      expect(text).not.toContain(secret.slice(0, 8));
      expect(text).not.toContain(secret.slice(-8));
    }
  });

  test("the browser has no cookie after signing out, once the message was shown", async () => {
    const demo = await open();
    await demo.signIn("Ada");
    await demo.press("Sign out");
    await demo.see("You are signed out.");
    expect(await context.cookies()).toEqual([]);
  });
});

describe("with the deployed settings", () => {
  let stack: LocalServer;

  beforeAll(async () => {
    // Uses the settings that the stack gives its functions, without those of the local run: Chromium trusts
    // localhost.
    stack = await startStack("cookie", { SESSION_SETTINGS: "{}" });
  });

  afterAll(() => stack.close());

  test("the browser keeps a __Host- cookie for HTTPS only, and flipping a bit keeps its attributes", async () => {
    context = await openWindow(chromium);
    const demo = await DemoPage.open(context, stack.url);
    await demo.press("Count a visit");
    await demo.see("Visits: 1");
    const cookie = {
      name: "__Host-session",
      value: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{43}$/),
      domain: "localhost",
      path: "/",
      expires: -1,
      httpOnly: true,
      secure: true,
      sameSite: "Lax",
    };
    expect(await context.cookies()).toEqual([cookie]);
    await demo.press("Flip one bit of the cookie");
    await demo.see("Refused: bad_signature.");
    expect(await context.cookies()).toEqual([cookie]);
    await demo.press("Flip it back");
    await demo.see("Visits: 1");
  });
});
