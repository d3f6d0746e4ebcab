import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium } from "./chromium.ts";
import { DemoPage } from "./demo-page.ts";
import { startStack } from "./local-stack.ts";
import { openWindow } from "./open-window.ts";

let chromium: Browser;
let stack: LocalServer;

beforeAll(async () => {
  [chromium, stack] = await Promise.all([startChromium(), startStack("dynamodb")]);
});

afterAll(() => Promise.all([chromium.close(), stack.close()]));

/** Presses Tab until an element with this name has the focus. */
async function tabTo({ page }: DemoPage, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(
      "document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.firstChild.textContent.trim() ?? document.activeElement.textContent",
    );
    if (focused === name) return;
  }
  throw new Error(`60 presses of Tab reach no element named ${name}`);
}

test.each([true, false])("the page can be used by keyboard (scripts: %s)", async (javaScriptEnabled) => {
  const demo = await DemoPage.open(await openWindow(chromium, { javaScriptEnabled }), stack.url);
  const { keyboard } = demo.page;

  await tabTo(demo, "Name");
  await keyboard.type("Grace");
  await keyboard.press("Enter");
  await demo.see("You are signed in as Grace.");

  await tabTo(demo, "Count a visit");
  await keyboard.press("Enter");
  await demo.see("Visits: 1");

  await tabTo(demo, "Name");
  await keyboard.type("color");
  await tabTo(demo, "Value");
  await keyboard.type("teal");
  await tabTo(demo, "Save the entry");
  await keyboard.press("Space");
  await demo.see("color is saved.");

  await tabTo(demo, "Delete color");
  await keyboard.press("Enter");
  await demo.see("The entry is deleted.");

  await tabTo(demo, "Flip one bit of the cookie");
  await keyboard.press("Enter");
  await demo.see("Refused: bad_signature.");
  await tabTo(demo, "Flip it back");
  await keyboard.press("Enter");
  await demo.page.getByRole("heading", { name: "Hello, Grace" }).waitFor();

  await tabTo(demo, "End this session");
  await keyboard.press("Enter");
  await demo.see("That session has ended.");
});

test("the element with the focus has a visible outline", async () => {
  const demo = await DemoPage.open(await openWindow(chromium), stack.url);
  for (const name of ["Name", "Sign in", "Count a visit"]) {
    await tabTo(demo, name);
    const outline = await demo.page.evaluate(
      "(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))",
    );
    expect(outline).toEqual(["solid", "3px"]);
  }
});
