import { spawnSync } from "node:child_process";
import { AdoptionError } from "./adoption-error.ts";

const UPDATE = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"];

/**
 * Updates package-lock.json from package.json with npm: offline if possible, because most adoptions only
 * remove packages, and else from the registry.
 *
 * @throws AdoptionError with the output of npm
 */
export function updateLockFile(root: string): void {
  const offline = npm(root, [...UPDATE, "--offline"]);
  if (offline.status === 0) return;
  const { status, stderr, error } = npm(root, [...UPDATE, "--prefer-offline"]);
  if (status === 0) return;
  throw new AdoptionError(
    `Everything but package-lock.json is changed. Run npm install to update it. ${(error?.message ?? stderr).trim()}`,
  );
}

function npm(root: string, args: readonly string[]) {
  return spawnSync("npm", args, { cwd: root, encoding: "utf8", shell: process.platform === "win32" });
}
