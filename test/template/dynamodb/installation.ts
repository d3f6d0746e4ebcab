import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Error of a DynamoDB that is not available on this machine. Only its message is printed. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** The project's root folder. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The folder into which the engines are installed; git ignores it. */
export const ENGINES = join(ROOT, ".local/test-dynamodb");

/**
 * Installs into a folder, once for each value of `wanted`.
 *
 * @throws any error of `install`; the next run then starts again
 */
export function installOnce(folder: string, wanted: string, install: () => void): void {
  const stamp = join(folder, "installed.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.log(`Installing into ${folder}`);
  install();
  writeFileSync(stamp, wanted);
}

/** Runs a program in the project's folder, shows its output, and returns whether it succeeded. */
export function run(command: string, args: readonly string[]): boolean {
  const shell = process.platform === "win32";
  return spawnSync(command, args, { cwd: ROOT, stdio: "inherit", shell }).status === 0;
}

/** Returns the output of a program; `undefined` when it is missing or fails. */
export function outputOf(command: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  return status === 0 ? `${stdout}${stderr}` : undefined;
}
