import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium } from "./chromium.ts";
import { DemoPage } from "./demo-page.ts";
import { type Store, startStack } from "./local-stack.ts";
import { openWindow } from "./open-window.ts";

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

const PHONE =
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

/** The states of the page, each with the actions that lead to it. */
const STATES: Readonly<Record<string, (demo: DemoPage, name: string) => Promise<unknown>>> = {
  new: async () => {},
  "in-use": async (demo, name) => {
    await signInElsewhere(demo, name);
    await fill(demo, name);
    await demo.press("Count a visit");
    await demo.see("Visits: 1");
  },
  refused: async (demo, name) => {
    await fill(demo, name);
    await demo.press("Flip one bit of the cookie");
    await demo.see("Refused: bad_signature.");
  },
  "home-page": async (demo, name) => {
    await demo.signIn(name);
    await demo.page.goto(new URL("/", demo.page.url()).href);
    expect(await demo.page.getByRole("heading").innerText()).toBe(`Hello, ${name}`);
  },
};

/** Signs in on a second device, so that a list of devices has two entries. */
async function signInElsewhere(demo: DemoPage, name: string): Promise<void> {
  const context = await openWindow(chromium, { userAgent: PHONE });
  await (await DemoPage.open(context, demo.page.url())).signIn(name);
}

async function fill(demo: DemoPage, name: string): Promise<void> {
  await demo.signIn(name);
  await demo.saveEntry("color", "text", "teal");
  await demo.see("color is saved.");
  await demo.saveEntry("books", "list", "Notes\nSketch of the Analytical Engine");
  await demo.see("books is saved.");
}

const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1200, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1200, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  "phone-dark": {
    colorScheme: "dark",
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
  },
} as const;

const USERS = { light: "Ada", dark: "Grace", phone: "Barbara", "phone-dark": "W".repeat(100) } as const;

describe.each(["cookie", "dynamodb"] as const)("with sessions in %s", (store) => {
  describe.each(Object.keys(STATES))("the page that is %s", (state) => {
    test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])(
      "the page is accessible and fits the window: %s",
      async (look) => {
        const context = await openWindow(chromium, LOOKS[look]);
        const demo = await DemoPage.open(context, stacks.get(store)?.url ?? "");
        await STATES[state]?.(demo, USERS[look]);
        const name = [store, ...(state === "in-use" ? [] : [state]), look].join("-");
        await demo.page.evaluate("scrollTo(0, 0)");
        await demo.page.screenshot({
          path: join(process.env.SCREENSHOTS ?? "", `${name}.png`),
          fullPage: true,
        });
        const { violations, passes } = await new AxeBuilder({ page: demo.page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(passes.map(({ id }) => id)).toContain("color-contrast");
        expect(await isTooWide(demo)).toBe(false);
      },
    );
  });
});

/** Returns whether the page is wider than the window. */
function isTooWide({ page }: DemoPage): Promise<boolean> {
  return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
}
