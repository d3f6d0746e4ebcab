import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "../../support/child-process.ts";
import {
  type RunningExample,
  type RunningProgram,
  startExample,
  startProgram,
} from "../frameworks/start-example.ts";
import { startChromium } from "./chromium.ts";
import { openWindow } from "./open-window.ts";

const SCRIPT = "web/main.js";

let chromium: Browser;
let api: RunningExample;
let application: RunningProgram;

// Follows the page: the local run with the application's origin, and Vite with the application.
beforeAll(async () => {
  chromium = await startChromium();
  const port = await findFreePort();
  api = await startExample("cross-origin.md", { context: { trustedOrigins: `http://localhost:${port}` } });
  const { project } = api;
  project.write(SCRIPT, project.read(SCRIPT).replace("http://localhost:3000", api.url));
  const vite = ["node_modules/vite/bin/vite.js", "web", "--port", `${port}`, "--strictPort"];
  application = await startProgram(project, vite);
});

afterAll(async () => {
  await application?.close();
  await Promise.all([chromium?.close(), api?.close()]);
});

test("a visitor of the single-page application counts, and finds the number again after a reload", async () => {
  const context = await openWindow(chromium);
  const complaints: string[] = [];
  context.on("console", (message) => complaints.push(message.text()));
  const page = await context.newPage();
  await page.goto(application.url);
  for (const number of [0, 1, 2]) {
    await page.getByText(`You have counted to ${number}.`).waitFor();
    await page.getByRole("button", { name: "Count" }).click();
  }
  await page.getByText("You have counted to 3.").waitFor();
  await page.reload();
  await page.getByText("You have counted to 3.").waitFor();
  expect(complaints.filter((text) => !text.startsWith("[vite]"))).toEqual([]);
});
