/**
 * `npm run test:runtime`: every function, as `cdk deploy` would upload it, runs under AWS's own client of
 * Lambda's Runtime API.
 *
 * Installs the client, aws-lambda-ric, into this folder from its own lock file.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./built-functions.ts";

install();
const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
process.exitCode = run(process.execPath, [
  vitest,
  "run",
  "--config",
  join(ROOT, "test/template/runtime/vitest.config.ts"),
]);

/**
 * Installs once for each content of the lock file, without scripts: they would build the replaced native
 * part.
 */
function install(): void {
  const here = import.meta.dirname;
  const stamp = join(here, "node_modules/installed.txt");
  const wanted = readFileSync(join(here, "package-lock.json"), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log("Installing aws-lambda-ric into test/template/runtime/node_modules");
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  if (run("npm", ["ci", "--prefix", here, ...quiet]) !== 0) {
    console.error(
      "npm could not install test/template/runtime/package.json: check that the npm registry can be reached.",
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

function run(command: string, args: readonly string[]): number {
  const shell = process.platform === "win32";
  return spawnSync(command, args, { cwd: ROOT, stdio: "inherit", shell }).status ?? 1;
}
