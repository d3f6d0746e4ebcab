import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../../infra/local/local-server.ts";
import { startChromium } from "./chromium.ts";
import { HomePage } from "./home-page.ts";
import { STORES, type Store, startStack } from "./local-stack.ts";

let chromium: Browser;

beforeAll(async () => {
  chromium = await startChromium();
});

afterAll(() => chromium.close());

describe.each(Object.keys(STORES) as Store[])("with sessions in %s,", (store) => {
  let stack: LocalServer;

  beforeAll(async () => {
    stack = await startStack(store);
  });

  afterAll(() => stack.close());

  describe.each([
    ["with scripts", true],
    ["without scripts", false],
  ])("%s,", (_how, javaScriptEnabled) => {
    /** A new visitor; what the browser complains about is kept. */
    async function visit(): Promise<{ home: HomePage; complaints: string[] }> {
      const context = await chromium.newContext({ javaScriptEnabled });
      const complaints: string[] = [];
      context.on("console", (message) => complaints.push(message.text()));
      context.on("weberror", (error) => complaints.push(String(error.error())));
      return { home: await HomePage.open(context, stack.url), complaints };
    }

    test("a visitor looks, counts, signs in, sets and deletes keys, and signs out", async () => {
      const { home, complaints } = await visit();
      expect(await home.heading()).toBe("Hello, visitor");
      expect(await home.textOf("Your session, inspected")).toContain("You have no session.");
      expect(await home.page.context().cookies()).toEqual([]);

      await home.press("Count a visit");
      await home.see("Visits: 1");
      await home.press("Count a visit");
      await home.see("Visits: 2");

      await home.signIn("Ada");
      expect(await home.heading()).toBe("Hello, Ada");
      await home.see("Visits: 2");

      await home.setKey("color", "text", "teal");
      await home.see("color is saved.");
      await home.setKey("answer", "number", "42");
      await home.see("answer is saved.");
      await home.setKey("born", "date", javaScriptEnabled ? "1815-12-10T09:30" : "1815-12-10 09:30");
      await home.see("born is saved.");
      await home.setKey("books", "list", "Notes\nSketch");
      await home.see("books is saved.");
      const keys = await home.textOf("Your keys");
      expect(keys).toMatch(/color text teal/);
      expect(keys).toMatch(/answer number 42/);
      expect(keys).toMatch(javaScriptEnabled ? /born date .*1815/ : /born date 1815-12-10 09:30:00 UTC/);
      expect(keys).toMatch(/books list Notes Sketch/);

      await home.press("Delete color");
      await home.see("color is deleted.");
      expect(await home.textOf("Your keys")).not.toContain("teal");
      await home.reload();
      expect(await home.page.getByText("color is deleted.").count()).toBe(0);

      await home.press("Sign out");
      await home.see("You are signed out.");
      expect(await home.heading()).toBe("Hello, visitor");
      expect(await home.textOf("Your keys")).toContain("Your session holds no keys yet.");
      expect(complaints).toEqual([]);
    });

    test("a visitor flips a bit of the cookie, is refused, and flips it back", async () => {
      const { home, complaints } = await visit();
      await home.signIn("Ada");
      await home.press("Flip one bit of it");
      await home.see("Refused: bad_signature.");
      expect(await home.heading()).toBe("Hello, visitor");
      await home.press("Flip it back");
      await home.page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
      expect(complaints).toEqual([]);
    });

    test("a visitor sees what each change cost", async () => {
      const { home } = await visit();
      await home.signIn("Ada");
      const cost = await home.textOf("What it cost");
      if (store === "cookie")
        expect(cost).toContain("Your last change The cookie was sent anew, no database call.");
      else
        expect(cost).toMatch(
          /Your last change The cookie was sent anew, \d database calls \(.*\)\. This page/,
        );
    });

    test("a visitor whose value is none, or does not fit, gets a page that leads back", async () => {
      const { home } = await visit();
      await home.press("Count a visit");
      await home.see("Visits: 1");
      const tooLarge = "x".repeat(store === "dynamodb" ? 450_000 : 5000);
      await home.setKey("long", "text", tooLarge);
      await home.page.getByRole("heading", { name: "nothing was saved" }).waitFor();
      await home.page.getByRole("link", { name: "Back to the page" }).click();
      await home.see("Visits: 1");
      if (javaScriptEnabled) return;
      await home.setKey("answer", "number", "many");
      await home.page.getByRole("heading", { name: "That is no number." }).waitFor();
      await home.page.getByRole("link", { name: "Back to the page" }).click();
      await home.see("Visits: 1");
    });

    test("a visitor who goes astray gets a page that leads back", async () => {
      const { home } = await visit();
      const response = await home.page.goto(`${stack.url}/nowhere`);
      expect([response?.status(), await home.heading()]).toEqual([404, "There is no such page."]);
      await home.page.getByRole("link", { name: "Back to the page" }).click();
      await home.page.getByRole("heading", { name: "Hello, visitor" }).waitFor();
    });
  });

  test("scripts keep the focus where it was, and go to the heading where it is gone", async () => {
    const home = await HomePage.open(await chromium.newContext(), stack.url);
    const focused = () => home.page.evaluate("document.activeElement.textContent");
    await home.press("Count a visit");
    await home.see("Visits: 1");
    expect(await focused()).toBe("Count a visit");
    await home.signIn("Ada");
    expect(await focused()).toBe("Hello, Ada");
  });

  test("a form of another site is refused, and nothing happens to the session", async () => {
    const home = await HomePage.open(await chromium.newContext(), stack.url);
    await home.signIn("Ada");
    // Another site, since it is another host.
    const foreign = await home.page.context().newPage();
    await foreign.route("http://evil.test/", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<form method="post" action="${stack.url}/sign-out"><button>Win</button></form>`,
      }),
    );
    await foreign.goto("http://evil.test/");
    await foreign.getByRole("button").click();
    await foreign.getByRole("heading", { name: "This request came from another site" }).waitFor();
    await home.reload();
    expect(await home.heading()).toBe("Hello, Ada");
  });
});
