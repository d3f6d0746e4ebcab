import { spawnSync } from "node:child_process";
import { AdoptionError } from "./adoption-error.ts";

/**
 * Has npm bring package-lock.json in line with package.json. Nothing new is needed for it, and so no registry.
 *
 * @throws AdoptionError with what npm says
 */
export function updateLockFile(root: string): void {
  const args = ["install", "--package-lock-only", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status, stderr, error } = spawnSync("npm", args, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  throw new AdoptionError(
    `All is changed but package-lock.json; run npm install once. ${(error?.message ?? stderr).trim()}`,
  );
}
