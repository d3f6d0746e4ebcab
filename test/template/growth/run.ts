/**
 * `npm run test:growth`: a copy of this project grows as an application does, and then removes the examples.
 * After the growth and after the removal `npm run types` and its own tests (`npm run test:app`) pass, with no
 * change to a test but in test/house-rules.ts.
 *
 * Installs the library that one step adds, Hono, into this folder, from its own lock file.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = import.meta.dirname;
const root = fileURLToPath(new URL("../../..", import.meta.url));

install();
const vitest = join(root, "node_modules/vitest/vitest.mjs");
process.exitCode = run(process.execPath, [vitest, "run", "--config", join(here, "vitest.config.ts")]);

/** Installs the packages once for each content of the lock file. */
function install(): void {
  const stamp = join(here, "node_modules/installed.txt");
  const wanted = readFileSync(join(here, "package-lock.json"), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  if (run("npm", ["ci", "--prefix", here, ...quiet]) !== 0) {
    console.error(
      "npm could not install test/template/growth/package.json: check that the npm registry can be reached.",
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

function run(command: string, args: readonly string[]): number {
  const shell = process.platform === "win32";
  return spawnSync(command, args, { cwd: root, stdio: "inherit", shell }).status ?? 1;
}
