import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../../../infra/local/local-server.ts";
import { startChromium } from "./chromium.ts";
import { HomePage } from "./home-page.ts";
import { type Store, startStack } from "./local-stack.ts";

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

/** What the page looks like at a point of the story. */
const STATES: Readonly<Record<string, (home: HomePage, name: string) => Promise<unknown>>> = {
  new: async () => {},
  "in-use": async (home, name) => {
    await signInElsewhere(home, name);
    await fill(home, name);
    await home.press("Count a visit");
    await home.see("Visits: 1");
  },
  refused: async (home, name) => {
    await fill(home, name);
    await home.press("Flip one bit of the cookie");
    await home.see("Refused: bad_signature.");
  },
  "not-found": (home) => home.page.goto(new URL("/nowhere", home.page.url()).href),
};

/** So that the user has a second device, where devices are listed. */
async function signInElsewhere(home: HomePage, name: string): Promise<void> {
  const context = await chromium.newContext({ userAgent: PHONE });
  await (await HomePage.open(context, home.page.url())).signIn(name);
  await context.close();
}

async function fill(home: HomePage, name: string): Promise<void> {
  await home.signIn(name);
  await home.setKey("color", "text", "teal");
  await home.see("color is saved.");
  await home.setKey("books", "list", "Notes\nSketch of the Analytical Engine");
  await home.see("books is saved.");
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
    test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])("can be used by everybody: %s", async (look) => {
      const context = await chromium.newContext(LOOKS[look]);
      const home = await HomePage.open(context, stacks.get(store)?.url ?? "");
      await STATES[state]?.(home, USERS[look]);
      const name = [store, ...(state === "in-use" ? [] : [state]), look].join("-");
      await home.page.evaluate("scrollTo(0, 0)");
      await home.page.screenshot({
        path: join(process.env.SCREENSHOTS ?? "", `${name}.png`),
        fullPage: true,
      });
      const { violations, passes } = await new AxeBuilder({ page: home.page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(passes.map(({ id }) => id)).toContain("color-contrast");
      expect(await isTooWide(home)).toBe(false);
      await context.close();
    });
  });
});

/** Whether somebody would have to scroll sideways. */
function isTooWide({ page }: HomePage): Promise<boolean> {
  return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
}
