import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

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
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error("Chromium was not found: install it, or set CHROMIUM");
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: [...quiet, ...(isRoot ? ["--no-sandbox"] : [])] });
}
