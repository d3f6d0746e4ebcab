import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium } from "./chromium.ts";
import { STORES, type Store, startStack } from "./local-stack.ts";
import { MovableClock } from "./movable-clock.ts";
import { openWindow } from "./open-window.ts";

/** Seconds for which a sign-in opens the demo's section. */
const FRESH_FOR = 60;

const clock = new MovableClock();
let chromium: Browser;

beforeAll(async () => {
  chromium = await startChromium();
});

afterAll(async () => {
  await chromium?.close();
  clock.remove();
});

describe.each(Object.keys(STORES) as Store[])("with signIn=oidc and sessions in %s", (store) => {
  let stack: LocalServer;

  beforeAll(async () => {
    stack = await startStack(store, clock.environment, { signIn: "oidc", freshFor: `${FRESH_FOR}` });
  });

  afterAll(() => stack.close());

  /** Opens an empty page of a new visitor, and collects what the browser complains about. */
  async function visit(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const context = await openWindow(chromium, options);
    const complaints: string[] = [];
    context.on("console", (message) => {
      // The response that asks to sign in has the status 401, which Chromium notes.
      if (!message.text().includes("401 (Unauthorized)")) complaints.push(message.text());
    });
    context.on("weberror", (error) => complaints.push(String(error.error())));
    return { page: await context.newPage(), complaints };
  }

  function open(page: Page, path: string) {
    return page.goto(new URL(path, stack.url).href);
  }

  /** Lets time pass until a sign-in is too old for the section, as a client that prefers JSON sees it. */
  async function outlastSignIn(context: BrowserContext): Promise<void> {
    const fresh = new URL("/demo/fresh", stack.url).href;
    const headers = { accept: "application/json" };
    const status = async () => (await context.request.get(fresh, { headers, maxRedirects: 0 })).status();
    expect(await status()).toBe(200);
    clock.advance(FRESH_FOR + 1);
    expect(await status()).toBe(401);
  }

  describe.each([
    ["with scripts", true],
    ["without scripts", false],
  ])("%s", (_how, javaScriptEnabled) => {
    test("a visitor signs in, returns to the page that asked, signs in again for a form, and signs out on both sides", async () => {
      const { page, complaints } = await visit({ javaScriptEnabled });
      await open(page, "/demo/fresh");
      await signInAs(page, "Ada Lovelace");
      await page.getByRole("heading", { name: "A fresh sign-in" }).waitFor();
      expect(page.url()).toBe(new URL("/demo/fresh", stack.url).href);

      await page.getByRole("textbox", { name: "Note" }).fill("the first note");
      await outlastSignIn(page.context());
      await page.getByRole("button", { name: "Send the note" }).click();
      await page.getByText("You are signed in as Ada Lovelace. Choose somebody to sign in again.").waitFor();
      await signInAs(page, "Ada Lovelace");
      await page.getByText("Your form was not sent, because you had to sign in first.").waitFor();
      expect(await page.getByText("has arrived").count()).toBe(0);
      await page.getByRole("textbox", { name: "Note" }).fill("a note");
      await page.getByRole("button", { name: "Send the note" }).click();
      await page.getByText("Your note has arrived. It has 6 characters.").waitFor();

      await open(page, "/demo");
      await page.getByText(/You signed in at 127\.0\.0\.1:\d+ with a password/).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      if (!javaScriptEnabled) {
        await page.getByRole("heading", { name: "Sign out of the local provider?" }).waitFor();
        await page.getByRole("button", { name: "Sign out" }).click();
      }
      await page.getByText("You are signed out here and at the identity provider.").waitFor();
      expect(new URL(page.url()).pathname).toBe("/signed-out");

      await open(page, "/demo/fresh");
      await page.getByRole("heading", { name: "Choose a person" }).waitFor();
      expect(await page.getByText("You are signed in as").count()).toBe(0);
      expect(complaints).toEqual([]);
    });
  });

  test("a visitor with a second factor sees how they have signed in, on pages that are accessible", async () => {
    const { page } = await visit();
    await open(page, "/demo");
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole("link", { name: "Sign in", exact: true }).click();
    await signInAs(page, "Grace Hopper");
    await page.getByText(/with a password and a one-time code \(level: several factors\)/).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole("link", { name: "what needs a fresh sign-in" }).click();
    await page.getByRole("heading", { name: "A fresh sign-in" }).waitFor();
    expect(await findViolations(page)).toEqual([]);
  });

  test("the page that asks a form's visitor to sign in is accessible", async () => {
    const { page } = await visit();
    await open(page, "/demo");
    const asked = await page.context().request.post(new URL("/demo/fresh", stack.url).href, {
      headers: { accept: "text/html" },
    });
    expect(asked.status()).toBe(401);
    const document = await asked.text();
    await page.setContent(document.replace(/<meta http-equiv="refresh"[^>]*>/, ""));
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    expect(await findViolations(page)).toEqual([]);
  });

  test.each(["light", "dark"] as const)(
    "the pages after a sign-in that was cancelled and after a sign-out are accessible on a phone: %s",
    async (colorScheme) => {
      const { page } = await visit({ colorScheme, viewport: { width: 320, height: 640 }, isMobile: true });
      await open(page, "/sign-in");
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("heading", { name: "The sign-in did not succeed" }).waitFor();
      expect(await findViolations(page)).toEqual([]);
      await open(page, "/signed-out");
      expect(await findViolations(page)).toEqual([]);
      const style = await page.evaluate("getComputedStyle(document.body).maxWidth");
      expect(style, "the Content-Security-Policy has the hash of another style").not.toBe("none");
    },
  );

  test("ten tabs with a sign-in under way all end on the page that they asked for", async () => {
    const { page } = await visit();
    const tabs = await Promise.all(Array.from({ length: 10 }, () => page.context().newPage()));
    // One after the other: parallel requests start a process each, and a busy machine may need longer for ten
    // than Lambda's limit. Parallel requests are tested without processes.
    for (const [index, tab] of tabs.entries()) await open(tab, `/sign-in?returnTo=/demo?tab=${index}`);
    for (const [index, tab] of tabs.entries()) {
      await signInAs(tab, "Alan Turing");
      await tab.getByRole("heading", { name: "Hello, Alan Turing" }).waitFor();
      expect(new URL(tab.url()).search).toBe(`?tab=${index}`);
    }
  });

  test.skipIf(store === "cookie")(
    "a sign-out at the provider ends the session of another browser at its next request",
    async () => {
      const [laptop, phone] = [(await visit()).page, (await visit()).page];
      for (const page of [laptop, phone]) {
        await open(page, "/sign-in?returnTo=/demo");
        await signInAs(page, "Ada Lovelace");
        await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
      }
      const issuer = /at (127\.0\.0\.1:\d+)/.exec(await laptop.locator("main").innerText())?.[1];
      await laptop.goto(`http://${issuer}/`);
      await laptop.getByRole("button", { name: "Sign out Ada Lovelace everywhere" }).click();
      await laptop.getByRole("status").waitFor();
      await phone.reload();
      await phone.getByRole("heading", { name: "Hello, visitor" }).waitFor();
      await phone.getByText("Refused: revoked.").waitFor();
    },
  );
});

/** Chooses a person at the local provider, and enters the code if there is a second factor. */
async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name }).click();
  if (name !== "Grace Hopper") return;
  await page.getByRole("heading", { name: "Enter the code" }).waitFor();
  const code = await page.locator("main code").innerText();
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: `Sign in as ${name}` }).click();
}

async function findViolations(page: Page): Promise<unknown[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}
