import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPython } from "../../support/python-environment.ts";

/** Why the test cannot be run, or not to its end. The message is all there is to print. */
export class DeployTestError extends Error {
  override readonly name = "DeployTestError";
}

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const HERE = import.meta.dirname;

/** Installs the AWS clients and undici into this folder, from its own lock file. @throws DeployTestError */
export function installClients(): void {
  const wanted = readFileSync(join(HERE, "package-lock.json"), "utf8");
  installOnce(join(HERE, "node_modules/installed.txt"), wanted, () => {
    const argv = ["ci", "--prefix", HERE, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    run(
      "npm",
      argv,
      "npm could not install test/template/deploy/package.json: is the registry within reach?",
    );
  });
}

/**
 * Installs MiniStack into `.venv/deploy`, and gives the Python that runs it.
 *
 * @throws DeployTestError that says what is missing
 */
export function installEmulator(): string {
  if (process.platform === "win32")
    throw new DeployTestError("test:deploy runs MiniStack on Linux and macOS, not on Windows.");
  if (spawnSync("openssl", ["version"]).status !== 0)
    throw new DeployTestError("test:deploy needs openssl: MiniStack makes its certificate with it.");
  return join(installPython({ name: "deploy", oldest: "3.10" }), "python");
}

/** Once for each content of what is wanted. */
function installOnce(stamp: string, wanted: string, install: () => void): void {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log(`Installing into ${join(stamp, "..")}`);
  install();
  writeFileSync(stamp, wanted);
}

function run(command: string, args: readonly string[], failure: string): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new DeployTestError(failure);
}
