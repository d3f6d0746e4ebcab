import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where systems put a browser that Playwright's Chromium driver can drive. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The program of a Chromium: the one that `CHROMIUM` names, or the first that is there; `undefined` without one. */
export function findChromium({ CHROMIUM }: NodeJS.ProcessEnv): string | undefined {
  return CHROMIUM || PLACES.find((place) => existsSync(place));
}

/** Starts the browser, which looks for nothing on other hosts. As root, Chromium runs without its sandbox only. */
export function startChromium(): Promise<Browser> {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error("there is no Chromium");
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: [...quiet, ...(isRoot ? ["--no-sandbox"] : [])] });
}
