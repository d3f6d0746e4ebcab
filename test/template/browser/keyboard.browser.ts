import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalServer } from "../../../infra/local/local-server.ts";
import { startChromium } from "./chromium.ts";
import { HomePage } from "./home-page.ts";
import { startStack } from "./local-stack.ts";

let chromium: Browser;
let stack: LocalServer;

beforeAll(async () => {
  [chromium, stack] = await Promise.all([startChromium(), startStack("dynamodb")]);
});

afterAll(() => Promise.all([chromium.close(), stack.close()]));

/** Presses Tab until an element with this name has the focus, as somebody without a mouse does. */
async function tabTo({ page }: HomePage, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(
      "document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.firstChild.textContent.trim() ?? document.activeElement.textContent",
    );
    if (focused === name) return;
  }
  throw new Error(`Tab leads to no ${name}`);
}

test.each([true, false])("the page needs no mouse (scripts: %s)", async (javaScriptEnabled) => {
  const home = await HomePage.open(await chromium.newContext({ javaScriptEnabled }), stack.url);
  const { keyboard } = home.page;

  await tabTo(home, "Name");
  await keyboard.type("Grace");
  await keyboard.press("Enter");
  await home.see("You are signed in as Grace.");

  await tabTo(home, "Count a visit");
  await keyboard.press("Enter");
  await home.see("Visits: 1");

  await tabTo(home, "Name");
  await keyboard.type("color");
  await tabTo(home, "Value");
  await keyboard.type("teal");
  await tabTo(home, "Set the key");
  await keyboard.press("Space");
  await home.see("color is saved.");

  await tabTo(home, "Delete color");
  await keyboard.press("Enter");
  await home.see("The key is deleted.");

  await tabTo(home, "Flip one bit of the cookie");
  await keyboard.press("Enter");
  await home.see("Refused: bad_signature.");
  await tabTo(home, "Flip it back");
  await keyboard.press("Enter");
  await home.page.getByRole("heading", { name: "Hello, Grace" }).waitFor();

  await tabTo(home, "End this session");
  await keyboard.press("Enter");
  await home.see("That session has ended.");
});

test("what has the focus is seen to have it", async () => {
  const home = await HomePage.open(await chromium.newContext(), stack.url);
  for (const name of ["Name", "Sign in", "Count a visit"]) {
    await tabTo(home, name);
    const outline = await home.page.evaluate(
      "(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))",
    );
    expect(outline).toEqual(["solid", "3px"]);
  }
});
