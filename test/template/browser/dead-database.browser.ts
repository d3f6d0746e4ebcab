import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium } from "./chromium.ts";
import { DemoPage } from "./demo-page.ts";
import { startStack } from "./local-stack.ts";
import { openWindow } from "./open-window.ts";

let chromium: Browser;
let stack: LocalServer;
let dead: LocalServer;

beforeAll(async () => {
  chromium = await startChromium();
  stack = await startStack("dynamodb");
  // The port on which no server listens.
  dead = await startStack("dynamodb", { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1" });
});

afterAll(() => Promise.all([chromium.close(), stack.close(), dead.close()]));

test("a database that does not respond leads to an error page with a link back, and the session still exists afterwards", async () => {
  const demo = await DemoPage.open(await openWindow(chromium), stack.url);
  await demo.signIn("Ada");
  // Cookies ignore the port, so both stacks receive the same one.
  const response = await demo.page.goto(new URL("/demo", dead.url).href);
  expect([response?.status(), response?.headers()["retry-after"]]).toEqual([503, "1"]);
  expect(await demo.heading()).toBe("Sessions are not available at the moment. Please try again.");
  expect(await demo.page.getByRole("link", { name: "Back to the page" }).count()).toBe(1);
  await demo.reload();
  expect(await demo.heading()).toBe("Hello, Ada");
});

test("a change that the database did not store is reported and not shown as done", async () => {
  const demo = await DemoPage.open(await openWindow(chromium), dead.url);
  await demo.press("Count a visit");
  await demo.see("Sessions are not available at the moment. Please try again.");
  await demo.see("Visits: 0");
  expect(await demo.page.context().cookies()).toEqual([]);
});
