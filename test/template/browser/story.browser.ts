import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium } from "./chromium.ts";
import { DemoPage } from "./demo-page.ts";
import { STORES, type Store, startStack } from "./local-stack.ts";
import { openWindow } from "./open-window.ts";

let chromium: Browser;

beforeAll(async () => {
  chromium = await startChromium();
});

afterAll(() => chromium.close());

describe.each(Object.keys(STORES) as Store[])("with sessions in %s", (store) => {
  let stack: LocalServer;

  beforeAll(async () => {
    stack = await startStack(store);
  });

  afterAll(() => stack.close());

  describe.each([
    ["with scripts", true],
    ["without scripts", false],
  ])("%s", (_how, javaScriptEnabled) => {
    /** Opens the page as a new visitor and collects the browser's console messages and errors. */
    async function visit(): Promise<{ demo: DemoPage; complaints: string[] }> {
      const context = await openWindow(chromium, { javaScriptEnabled, timezoneId: "America/New_York" });
      const complaints: string[] = [];
      context.on("console", (message) => complaints.push(message.text()));
      context.on("weberror", (error) => complaints.push(String(error.error())));
      return { demo: await DemoPage.open(context, stack.url), complaints };
    }

    /**
     * Waits for an error message: on the page with scripts, otherwise on a page of its own with a link back.
     */
    async function seeError(demo: DemoPage, sentence: string): Promise<void> {
      if (javaScriptEnabled) return demo.see(sentence);
      await demo.page.getByRole("heading", { name: sentence }).waitFor();
      await demo.page.getByRole("link", { name: "Back to the page" }).click();
    }

    test("a visitor counts visits, signs in, saves and deletes entries, and signs out", async () => {
      const { demo, complaints } = await visit();
      expect(await demo.heading()).toBe("Hello, visitor");
      expect(await demo.textOf("Begin a session")).toContain("You have no session.");
      expect(await demo.page.context().cookies()).toEqual([]);

      await demo.press("Count a visit");
      await demo.see("Visits: 1");
      await demo.press("Count a visit");
      await demo.see("Visits: 2");

      await demo.signIn("Ada");
      expect(await demo.heading()).toBe("Hello, Ada");
      await demo.see("Visits: 2");

      await demo.saveEntry("color", "text", "teal");
      await demo.see("color is saved.");
      await demo.saveEntry("answer", "number", "42");
      await demo.see("answer is saved.");
      await demo.saveEntry("born", "date", "1815-12-10");
      await demo.see("born is saved.");
      await demo.saveEntry("books", "list", "Notes\nSketch");
      await demo.see("books is saved.");
      const entries = await demo.textOf("Your entries");
      expect(entries).toMatch(/color text teal/);
      expect(entries).toMatch(/answer number 42/);
      expect(entries).toMatch(/born date 1815-12-10 00:00:00 UTC/);
      expect(entries).toMatch(/books list Notes Sketch/);

      await demo.press("Delete color");
      await demo.see("The entry is deleted.");
      expect(await demo.textOf("Your entries")).not.toContain("teal");
      await demo.reload();
      expect(await demo.page.getByText("The entry is deleted.").count()).toBe(0);

      await demo.press("Sign out");
      await demo.see("You are signed out.");
      expect(await demo.heading()).toBe("Hello, visitor");
      expect(await demo.textOf("Begin a session")).toContain("You have no session.");
      expect(complaints).toEqual([]);
    });

    test("the home page names the project and the file to edit, and links to the demo and back", async () => {
      const { demo, complaints } = await visit();
      await demo.page.goto(stack.url);
      expect(await demo.page.locator("main").innerText()).toMatch(
        /template for TypeScript .* edit functions\/home\.ts/s,
      );
      await demo.page.getByRole("link", { name: "The demo" }).click();
      await demo.page.getByRole("heading", { name: "Begin a session" }).waitFor();
      await demo.page.getByRole("link", { name: "Home" }).click();
      await demo.page.getByRole("link", { name: "The demo" }).waitFor();
      expect(complaints).toEqual([]);
    });

    test("a visitor who flips a bit of the cookie is refused, and has the session again after flipping it back", async () => {
      const { demo, complaints } = await visit();
      await demo.signIn("Ada");
      await demo.press("Flip one bit of the cookie");
      await demo.see("Refused: bad_signature.");
      expect(await demo.heading()).toBe("Hello, visitor");
      await demo.press("Flip it back");
      await demo.page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
      expect(complaints).toEqual([]);
    });

    test("a visitor sees the cost of each change", async () => {
      const { demo } = await visit();
      await demo.signIn("Ada");
      const cost = await demo.textOf("What it cost");
      if (store === "cookie")
        expect(cost).toContain("Your last change The cookie was sent anew, no database call.");
      else
        expect(cost).toMatch(
          /Your last change The cookie was sent anew, \d database calls \(.*\)\. This page/,
        );
    });

    test("a value that is too large and a reserved name are refused with a message, and the session stays unchanged", async () => {
      const { demo, complaints } = await visit();
      await demo.press("Count a visit");
      await demo.see("Visits: 1");
      await demo.saveEntry("long", "text", "x".repeat(store === "dynamodb" ? 450_000 : 5000));
      await seeError(demo, "This would be more than your session can hold, so nothing was saved.");
      await demo.see("Visits: 1");
      await demo.page.getByLabel("Type").selectOption("text");
      await demo.saveEntry("_user", "text", "somebody else");
      await seeError(demo, "The session keeps something of its own under _user");
      await demo.see("Visits: 1");
      const isNoticed = (text: string) => !/status of 4(00|13)/.test(text);
      expect(complaints.filter(isNoticed)).toEqual([]);
    });
  });

  describe("scripts", () => {
    let demo: DemoPage;

    beforeEach(async () => {
      const context = await openWindow(chromium, { timezoneId: "America/New_York" });
      demo = await DemoPage.open(context, stack.url);
    });

    test("scripts keep the focus on the button, or move it to the heading of its section or of the page", async () => {
      const focused = () => demo.page.evaluate("document.activeElement.textContent");
      await demo.begin();
      expect(await focused()).toBe("Count a visit");
      await demo.signIn("Ada");
      expect(await focused()).toBe("You");
      await demo.press("Delete visits");
      await demo.see("The entry is deleted.");
      expect(await focused()).toBe("Your entries");
      await demo.press("Sign out");
      await demo.see("You are signed out.");
      expect(await focused()).toBe("Hello, visitor");
    });

    test("scripts show times in the visitor's time zone", async () => {
      await demo.press("Count a visit");
      await demo.see("Visits: 1");
      const began = demo.section("Your session, inspected").locator("time").first();
      const iso = await began.getAttribute("datetime");
      const local = new Date(iso ?? "").toLocaleString("en", {
        dateStyle: "medium",
        timeStyle: "medium",
        timeZone: "America/New_York",
      });
      expect(await began.textContent()).toBe(local);
    });

    test("scripts show a field that fits the type, and keep the typed value where they can", async () => {
      await demo.begin();
      const entries = demo.section("Your entries");
      const field = () => demo.page.evaluate("document.getElementById('entry-value').type");
      expect(await field()).toBe("textarea");
      await entries.getByLabel("Value").fill("42");
      await entries.getByLabel("Type").selectOption("number");
      expect([await field(), await entries.getByLabel("Value").inputValue()]).toEqual(["number", "42"]);
      await entries.getByLabel("Type").selectOption("date");
      expect(await field()).toBe("date");
    });

    test("scripts keep what is typed in another form, and the address stays /demo", async () => {
      await demo.begin();
      await demo.section("Your entries").getByLabel("Name").fill("half typed");
      await demo.press("Count a visit");
      await demo.see("Visits: 2");
      expect(await demo.section("Your entries").getByLabel("Name").inputValue()).toBe("half typed");
      expect(new URL(demo.page.url()).pathname).toBe("/demo");
    });

    test("scripts send a form once when its button is pressed twice", async () => {
      let sent = 0;
      const pressedTwice = Promise.withResolvers<void>();
      await demo.page.route("**/demo/visits", async (route) => {
        sent++;
        await pressedTwice.promise;
        await route.continue();
      });
      await demo.page.getByRole("button", { name: "Count a visit" }).dblclick();
      pressedTwice.resolve();
      await demo.see("Visits: 1");
      await demo.reload();
      await demo.see("Visits: 1");
      expect(sent).toBe(1);
    });

    test("scripts report a missing response and keep the page", async () => {
      await demo.page.context().setOffline(true);
      await demo.press("Count a visit");
      await demo.see("No answer came, so it may have been done or not.");
      await demo.page.context().setOffline(false);
      await demo.press("Count a visit");
      await demo.see("Visits: 1");
    });

    test.each([
      [429, "application/json", '{"message":"Too Many Requests"}'],
      [502, "text/html", "<html><body>Bad gateway</body></html>"],
    ])(
      "scripts report a failure for a response that is not the application's: %s",
      async (status, contentType, body) => {
        await demo.page.route("**/demo/visits", (route) => route.fulfill({ status, contentType, body }));
        await demo.press("Count a visit");
        await demo.see(`That did not work (${status}). Please try again.`);
        expect(await demo.heading()).toBe("Hello, visitor");
      },
    );
  });

  test("a form of another site is refused, and the session stays unchanged", async () => {
    const demo = await DemoPage.open(await openWindow(chromium), stack.url);
    await demo.signIn("Ada");
    // Another host makes it another site.
    const foreign = await demo.page.context().newPage();
    await foreign.route("http://evil.test/", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<form method="post" action="${stack.url}/demo/sign-out"><button>Win</button></form>`,
      }),
    );
    await foreign.goto("http://evil.test/");
    await foreign.getByRole("button").click();
    await foreign.getByRole("heading", { name: "This request came from another site" }).waitFor();
    await demo.reload();
    expect(await demo.heading()).toBe("Hello, Ada");
  });
});
