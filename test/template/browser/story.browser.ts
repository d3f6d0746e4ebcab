import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LocalServer } from "../../../infra/local/local-server.ts";
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
      const context = await chromium.newContext({ javaScriptEnabled, timezoneId: "America/New_York" });
      const complaints: string[] = [];
      context.on("console", (message) => complaints.push(message.text()));
      context.on("weberror", (error) => complaints.push(String(error.error())));
      return { home: await HomePage.open(context, stack.url), complaints };
    }

    /** Waits for the sentence of an error: on the page where scripts run, else on a page of its own that leads back. */
    async function seeError(home: HomePage, sentence: string): Promise<void> {
      if (javaScriptEnabled) return home.see(sentence);
      await home.page.getByRole("heading", { name: sentence }).waitFor();
      await home.page.getByRole("link", { name: "Back to the page" }).click();
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
      await home.setKey("born", "date", "1815-12-10");
      await home.see("born is saved.");
      await home.setKey("books", "list", "Notes\nSketch");
      await home.see("books is saved.");
      const keys = await home.textOf("Your keys");
      expect(keys).toMatch(/color text teal/);
      expect(keys).toMatch(/answer number 42/);
      expect(keys).toMatch(/born date 1815-12-10 00:00:00 UTC/);
      expect(keys).toMatch(/books list Notes Sketch/);

      await home.press("Delete color");
      await home.see("The key is deleted.");
      expect(await home.textOf("Your keys")).not.toContain("teal");
      await home.reload();
      expect(await home.page.getByText("The key is deleted.").count()).toBe(0);

      await home.press("Sign out");
      await home.see("You are signed out.");
      expect(await home.heading()).toBe("Hello, visitor");
      expect(await home.textOf("Your keys")).toContain("Your session holds no keys yet.");
      expect(complaints).toEqual([]);
    });

    test("a visitor flips a bit of the cookie, is refused, and flips it back", async () => {
      const { home, complaints } = await visit();
      await home.signIn("Ada");
      await home.press("Flip one bit of the cookie");
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

    test("a visitor whose value is none, or does not fit, is told so, and the session stays as it was", async () => {
      const { home, complaints } = await visit();
      await home.press("Count a visit");
      await home.see("Visits: 1");
      await home.setKey("long", "text", "x".repeat(store === "dynamodb" ? 450_000 : 5000));
      await seeError(home, "This would be more than your session can hold, so nothing was saved.");
      await home.see("Visits: 1");
      await home.page.getByLabel("Type").selectOption("text");
      await home.setKey("_user", "text", "somebody else");
      await seeError(home, "The session keeps something of its own under _user");
      await home.see("Visits: 1");
      const isNoticed = (text: string) => !/status of 4(00|13)/.test(text);
      expect(complaints.filter(isNoticed)).toEqual([]);
    });

    test("a visitor who goes astray gets a page that leads back", async () => {
      const { home } = await visit();
      const response = await home.page.goto(`${stack.url}/nowhere`);
      expect([response?.status(), await home.heading()]).toEqual([404, "There is no such page."]);
      await home.page.getByRole("link", { name: "Back to the page" }).click();
      await home.page.getByRole("heading", { name: "Hello, visitor" }).waitFor();
    });
  });

  describe("scripts", () => {
    let home: HomePage;

    beforeEach(async () => {
      home = await HomePage.open(await chromium.newContext({ timezoneId: "America/New_York" }), stack.url);
    });

    test("keep the focus where it was, and go to the section's heading where it is gone", async () => {
      const focused = () => home.page.evaluate("document.activeElement.textContent");
      await home.press("Count a visit");
      await home.see("Visits: 1");
      expect(await focused()).toBe("Count a visit");
      await home.signIn("Ada");
      expect(await focused()).toBe("You");
      await home.press("Delete visits");
      await home.see("The key is deleted.");
      expect(await focused()).toBe("Your keys");
    });

    test("tell times in the visitor's own time zone", async () => {
      await home.press("Count a visit");
      await home.see("Visits: 1");
      const began = home.section("Your session, inspected").locator("time").first();
      const iso = await began.getAttribute("datetime");
      const local = new Date(iso ?? "").toLocaleString("en", {
        dateStyle: "medium",
        timeStyle: "medium",
        timeZone: "America/New_York",
      });
      expect(await began.textContent()).toBe(local);
    });

    test("offer a field that fits the type, and keep what was typed where they can", async () => {
      const keys = home.section("Your keys");
      const field = () => home.page.evaluate("document.getElementById('key-value').type");
      expect(await field()).toBe("textarea");
      await keys.getByLabel("Value").fill("42");
      await keys.getByLabel("Type").selectOption("number");
      expect([await field(), await keys.getByLabel("Value").inputValue()]).toEqual(["number", "42"]);
      await keys.getByLabel("Type").selectOption("date");
      expect(await field()).toBe("date");
    });

    test("keep what is typed in another form, and the address short of the form's", async () => {
      await home.section("Your keys").getByLabel("Name").fill("half typed");
      await home.press("Count a visit");
      await home.see("Visits: 1");
      expect(await home.section("Your keys").getByLabel("Name").inputValue()).toBe("half typed");
      expect(new URL(home.page.url()).pathname).toBe("/");
    });

    test("send a form once, however often its button is pressed meanwhile", async () => {
      await home.page.getByRole("button", { name: "Count a visit" }).dblclick();
      await home.see("Visits: 1");
      await home.reload();
      await home.see("Visits: 1");
    });

    test("show what was done where the visitor looks, however far down", async () => {
      await home.page.setViewportSize({ width: 400, height: 600 });
      await home.setKey("color", "text", "teal");
      await home.see("color is saved.");
      expect(await home.page.evaluate("scrollY")).toBeGreaterThan(100);
      const top = await home.page.evaluate("document.querySelector('.flash').getBoundingClientRect().top");
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top).toBeLessThan(600);
    });

    test("say that no answer came, and keep the page", async () => {
      await home.page.context().setOffline(true);
      await home.press("Count a visit");
      await home.see("No answer came, so it may have been done or not.");
      await home.page.context().setOffline(false);
      await home.press("Count a visit");
      await home.see("Visits: 1");
    });

    test.each([
      [429, "application/json", '{"message":"Too Many Requests"}'],
      [502, "text/html", "<html><body>Bad gateway</body></html>"],
    ])("say that it did not work where the answer is none of ours: %s", async (status, contentType, body) => {
      await home.page.route("**/visits", (route) => route.fulfill({ status, contentType, body }));
      await home.press("Count a visit");
      await home.see(`That did not work (${status}). Please try again.`);
      expect(await home.heading()).toBe("Hello, visitor");
    });
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
