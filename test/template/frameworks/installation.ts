import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HERE = import.meta.dirname;

/** The folder of the frameworks. */
export const FRAMEWORKS: string = join(HERE, "node_modules");

/**
 * Installs the frameworks into this folder, once for each content of its lock file. Returns whether they are
 * installed; if not, what is missing is printed.
 */
export function installFrameworks(): boolean {
  const stamp = join(FRAMEWORKS, "installed.txt");
  const wanted = readFileSync(join(HERE, "package-lock.json"), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;
  console.log("Installing the frameworks into test/template/frameworks/node_modules");
  const args = ["ci", "--prefix", HERE, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) {
    console.error(
      "npm could not install test/template/frameworks/package.json: check that the npm registry can be reached.",
    );
    return false;
  }
  writeFileSync(stamp, wanted);
  return true;
}
