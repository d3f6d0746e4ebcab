import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from "playwright-core";

/** Usual paths of a browser that Playwright's Chromium driver can control. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Returns the program that `CHROMIUM` names, or the first existing one; `undefined` without any. */
export function findChromium({ CHROMIUM }: NodeJS.ProcessEnv): string | undefined {
  return CHROMIUM || PLACES.find((place) => existsSync(place));
}

/** Starts the browser without background requests. As root, Chromium only runs without its sandbox. */
export function startChromium(): Promise<Browser> {
  return chromium.launch(launchOptions());
}

/**
 * Milliseconds that a wait may take, so that a busy machine fails no test. Playwright's own limit is half of
 * it.
 */
export const MOST_TIME = 60_000;

/**
 * Starts the browser with a profile that allows or blocks cookies of third parties. Its default is the
 * distribution's. The profile is deleted when the browser is closed.
 */
export async function startWithThirdPartyCookies(allowed: boolean): Promise<BrowserContext> {
  const folder = mkdtempSync(join(tmpdir(), "browser-profile-"));
  mkdirSync(join(folder, "Default"));
  const profile = { block_third_party_cookies: !allowed, cookie_controls_mode: allowed ? 0 : 1 };
  writeFileSync(join(folder, "Default/Preferences"), JSON.stringify({ profile }));
  const context = await chromium.launchPersistentContext(folder, launchOptions());
  context.setDefaultTimeout(MOST_TIME);
  // The browser's processes may still write into the profile for a moment.
  context.once("close", () => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return context;
}

function launchOptions(): LaunchOptions {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error("Chromium was not found: install it, or set CHROMIUM");
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const isRoot = process.getuid?.() === 0;
  return { executablePath, args: [...quiet, ...(isRoot ? ["--no-sandbox"] : [])] };
}
