/**
 * `npm run test:browser`: the demo page, the sign-in at the local provider, and an application on another
 * origin, in a real browser.
 *
 * Needs Chromium: the program that `CHROMIUM` names, or the first in a usual place. Screenshots are written
 * to `.local/screenshots`, which git ignores; with `-- --docs` those of the README are replaced, too.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "./chromium.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const screenshots = join(root, ".local/screenshots");

/** The screenshots that the README shows. */
const OF_THE_README = ["dynamodb-light.png", "cookie-refused-dark.png"];

/** All arguments but `--docs` are passed to vitest, such as the name of a file. */
const forVitest = process.argv.slice(2).filter((argument) => argument !== "--docs");
const chromium = findChromium(process.env);
if (chromium === undefined) {
  console.error(
    "test:browser needs Chromium or Chrome (Debian's package chromium). Install it, or set CHROMIUM to its program.",
  );
  process.exit(1);
}
rmSync(screenshots, { recursive: true, force: true });
mkdirSync(screenshots, { recursive: true });
const vitest = [
  join(root, "node_modules/vitest/vitest.mjs"),
  "run",
  "--config",
  join(root, "test/template/browser/vitest.config.ts"),
];
const env = { ...process.env, CHROMIUM: chromium, SCREENSHOTS: screenshots };
const { status } = spawnSync(process.execPath, [...vitest, ...forVitest], {
  cwd: root,
  stdio: "inherit",
  env,
});
if (status === 0 && process.argv.includes("--docs")) for (const name of OF_THE_README) keep(name);
process.exitCode = status ?? 1;

function keep(name: string): void {
  mkdirSync(join(root, "docs/images"), { recursive: true });
  copyFileSync(join(screenshots, name), join(root, "docs/images", name));
}
