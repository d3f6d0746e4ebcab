import type { Browser, Locator, ViewportSize } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium } from "./chromium.ts";
import { DemoPage } from "./demo-page.ts";
import { type Store, startStack } from "./local-stack.ts";
import { openWindow } from "./open-window.ts";

const PHONE = { width: 390, height: 844 };
const LAPTOP = { width: 1280, height: 800 };

let chromium: Browser;
const stacks = new Map<Store, LocalServer>();

beforeAll(async () => {
  chromium = await startChromium();
  for (const store of ["cookie", "dynamodb"] as const) stacks.set(store, await startStack(store));
});

afterAll(async () => {
  await chromium.close();
  for (const stack of stacks.values()) await stack.close();
});

/** The visible edges of an element, in pixels from the viewport's edges. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

async function boxOf(element: Locator): Promise<Box> {
  const box = await element.boundingBox();
  if (box === null) throw new Error("the element is not visible");
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

function isInside({ left, top, right, bottom }: Box, { width, height }: ViewportSize): boolean {
  return left >= 0 && top >= 0 && right <= width && bottom <= height;
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

async function open(
  viewport: ViewportSize,
  store: Store = "cookie",
  javaScriptEnabled = true,
): Promise<DemoPage> {
  const context = await openWindow(chromium, { viewport, javaScriptEnabled });
  return DemoPage.open(context, stacks.get(store)?.url ?? "");
}

/** Stops the page's clock, which then only advances by `runFor`. */
async function stopClock({ page }: DemoPage): Promise<void> {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
}

describe.each([
  ["a phone", PHONE],
  ["a laptop", LAPTOP],
])("on %s", (_device, viewport) => {
  describe.each(["cookie", "dynamodb"] as const)("with sessions in %s", (store) => {
    test.each([true, false])(
      "a flipped bit shows its refusal and the button that flips it back in view (scripts: %s)",
      async (scripts) => {
        const demo = await open(viewport, store, scripts);
        await demo.signIn("Ada");
        await demo.press("Flip one bit of the cookie");
        await demo.see("Refused: bad_signature.");
        const refusal = demo.page.locator(".refused");
        expect(await boxOf(refusal)).toSatisfy((box: Box) => isInside(box, viewport));
        const back = demo.page.getByRole("button", { name: "Flip it back" });
        expect(await boxOf(back)).toSatisfy((box: Box) => isInside(box, viewport));
      },
    );
  });

  test("a message is in view and covers no heading, button or field", async () => {
    const demo = await open(viewport);
    await demo.signIn("Ada");
    const steps = [
      [() => demo.saveEntry("color", "text", "teal"), "color is saved."],
      [() => demo.press("Delete color"), "The entry is deleted."],
      [() => demo.press("Sign out"), "You are signed out."],
    ] as const;
    for (const [act, sentence] of steps) {
      await act();
      const message = demo.page.locator(".flash", { hasText: sentence });
      await message.waitFor();
      const box = await boxOf(message);
      expect(isInside(box, viewport)).toBe(true);
      for (const other of await demo.page.locator("h1, h2, h3, button, input, textarea, select").all())
        if (await other.isVisible()) expect(overlaps(box, await boxOf(other))).toBe(false);
    }
  });

  test("a message disappears after eight seconds", async () => {
    const demo = await open(viewport);
    await demo.begin();
    await stopClock(demo);
    await demo.press("Delete visits");
    await demo.section("Begin a session").waitFor();
    const messages = demo.page.locator(".flash", { hasText: "The entry is deleted." });
    await demo.page.clock.runFor(100);
    expect(await messages.count()).toBe(1);
    await demo.page.clock.runFor(7900);
    expect(await messages.count()).toBe(1);
    await demo.page.clock.runFor(500);
    expect(await messages.count()).toBe(0);
  });

  test("a message that was loaded with the page disappears after eight seconds", async () => {
    const demo = await open(viewport);
    await stopClock(demo);
    await demo.page.goto(`${demo.page.url()}?done=absent`);
    const messages = demo.page.locator(".flash", { hasText: "There was no such entry." });
    expect(await messages.count()).toBe(1);
    await demo.page.clock.runFor(8500);
    expect(await messages.count()).toBe(0);
  });

  test("an error message stays below its form until the next response", async () => {
    const demo = await open(viewport);
    await demo.begin();
    await stopClock(demo);
    await demo.saveEntry("_user", "text", "somebody else");
    const message = demo.page.locator(".flash", { hasText: "please take another name" });
    await demo.page.locator("main:not([aria-busy])").waitFor();
    await demo.page.clock.runFor(100);
    const form = await boxOf(demo.section("Your entries").locator("form.fields"));
    const box = await boxOf(message);
    expect([box.top >= form.bottom, isInside(box, viewport)]).toEqual([true, true]);
    await demo.page.clock.runFor(60_000);
    expect(await message.count()).toBe(1);
    await demo.press("Count a visit");
    await demo.see("Visits: 2");
    await demo.page.clock.runFor(100);
    expect(await message.count()).toBe(0);
  });

  test("the first screen explains itself and has only the buttons for a visit and for signing in", async () => {
    const demo = await open(viewport);
    const { page } = demo;
    expect(await page.getByRole("heading", { level: 2 }).allInnerTexts()).toEqual([
      "Begin a session",
      "What you will see here",
      "What it cost",
    ]);
    expect(await page.getByRole("button").allInnerTexts()).toEqual(["Count a visit", "Sign in"]);
    expect(await page.locator("input, select, textarea").count()).toBe(1);
    for (const name of ["Count a visit", "Sign in"])
      expect(isInside(await boxOf(page.getByRole("button", { name })), viewport)).toBe(true);
    await demo.begin();
    expect(await demo.section("Begin a session").count()).toBe(0);
    expect(await demo.textOf("Your entries")).toMatch(/visits number 1/);
  });
});

test("on a phone the sign-in form has the layout of the form for entries: label, field and button", async () => {
  const demo = await open(PHONE);
  await demo.begin();
  const looks = await Promise.all(
    (["#name", "#entry-value"] as const).map(async (field) => {
      const { left, right } = await boxOf(demo.page.locator(field));
      const form = demo.page.locator("form", { has: demo.page.locator(field) });
      const label = await boxOf(form.locator("label", { has: demo.page.locator(field) }));
      const button = await boxOf(form.getByRole("button"));
      return {
        field: [left, right],
        label: [label.left, label.right],
        button: [button.left, button.bottom - button.top],
        isBelow: button.top >= label.bottom,
      };
    }),
  );
  expect(looks[0]).toEqual(looks[1]);
  expect(looks[0]?.isBelow).toBe(true);
});
