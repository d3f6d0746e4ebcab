import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium } from "./chromium.ts";
import { DemoPage } from "./demo-page.ts";
import { startStack } from "./local-stack.ts";
import { openWindow } from "./open-window.ts";

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

let chromium: Browser;

beforeAll(async () => {
  chromium = await startChromium();
});

afterAll(() => chromium.close());

describe.each(["revocable-cookie", "dynamodb"] as const)("with sessions in %s", (store) => {
  let stack: LocalServer;
  let laptop: DemoPage;
  let phone: DemoPage;
  let users = 0;

  beforeAll(async () => {
    stack = await startStack(store);
  });

  afterAll(() => stack.close());

  /** Signs in with a new browser profile, which has its own cookies. */
  async function signIn(name: string, userAgent?: string): Promise<DemoPage> {
    const demo = await DemoPage.open(
      await openWindow(chromium, { ...(userAgent && { userAgent }) }),
      stack.url,
    );
    await demo.signIn(name);
    return demo;
  }

  async function startDevices(): Promise<void> {
    const name = `Ada ${++users}`;
    laptop = await signIn(name);
    phone = await signIn(name, PHONE);
    await laptop.reload();
  }

  function badges(demo: DemoPage): Promise<string[]> {
    return demo.section("Your devices").getByRole("listitem").locator("strong, .badge").allInnerTexts();
  }

  test("each of a user's devices lists all of them and marks itself", async () => {
    await startDevices();
    expect((await badges(laptop)).toSorted()).toEqual(["Chrome on Linux", "Safari on iOS", "this one"]);
    expect(await laptop.section("Your devices").locator("li", { hasText: "this one" }).innerText()).toContain(
      "Chrome",
    );
    expect(await phone.section("Your devices").locator("li", { hasText: "this one" }).innerText()).toContain(
      "Safari",
    );
  });

  test("a device can end another one's session, which that device sees at its next reload", async () => {
    await startDevices();
    await laptop.page.getByRole("button", { name: /^End the session of Safari on iOS, signed in 2/ }).click();
    await laptop.see("That session has ended.");
    expect(await badges(laptop)).toEqual(["Chrome on Linux", "this one"]);
    await phone.reload();
    expect(await phone.heading()).toBe("Hello, visitor");
    await phone.see("Refused: revoked.");
    await phone.reload();
    expect(await phone.page.getByText("Refused").count()).toBe(0);
  });

  test("a device can end the sessions of all others", async () => {
    await startDevices();
    await laptop.press("End all others");
    await laptop.see("All your other sessions have ended.");
    expect(await laptop.page.getByRole("button", { name: "End all others" }).isDisabled()).toBe(true);
    await phone.reload();
    expect(await phone.heading()).toBe("Hello, visitor");
  });

  test("a device can end all sessions including its own", async () => {
    await startDevices();
    await laptop.press("End all, this one too");
    await laptop.see("All your sessions have ended.");
    expect(await laptop.heading()).toBe("Hello, visitor");
    await phone.reload();
    expect(await phone.heading()).toBe("Hello, visitor");
  });

  test("a device whose session was ended while its page is open starts a new session with its next change", async () => {
    await startDevices();
    await laptop.press("End all others");
    await laptop.see("All your other sessions have ended.");
    await phone.press("Count a visit");
    await phone.see("Visits: 1");
    expect(await phone.heading()).toBe("Hello, visitor");
  });
});
