import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A DynamoDB that cannot be had here. The message says what is missing; it is all there is to print. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Where the engines are installed; git ignores it. */
export const ENGINES = join(ROOT, ".local/test-dynamodb");

/**
 * Installs into a folder, once for each content of `wanted`.
 *
 * @throws whatever `install` throws; then the next run begins anew
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

/** Runs a program in the project's folder, shows what it prints, and says whether it succeeded. */
export function run(command: string, args: readonly string[]): boolean {
  const shell = process.platform === "win32";
  return spawnSync(command, args, { cwd: ROOT, stdio: "inherit", shell }).status === 0;
}

/** What a program prints; `undefined` when it is not there or fails. */
export function outputOf(command: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  return status === 0 ? `${stdout}${stderr}` : undefined;
}
