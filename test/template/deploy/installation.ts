import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPython } from "../../support/python-environment.ts";

/** Error that prevents the test from running to its end. Only its message is printed. */
export class DeployTestError extends Error {
  override readonly name = "DeployTestError";
}

/** The project's root folder. */
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
      "npm could not install test/template/deploy/package.json: check that the npm registry can be reached.",
    );
  });
}

/**
 * Installs MiniStack into `.venv/deploy` and returns the Python that runs it.
 *
 * @throws DeployTestError that names what is missing
 */
export function installEmulator(): string {
  if (process.platform === "win32")
    throw new DeployTestError("test:deploy runs MiniStack on Linux and macOS, not on Windows.");
  if (spawnSync("openssl", ["version"]).status !== 0)
    throw new DeployTestError("test:deploy needs openssl, with which MiniStack creates its certificate.");
  return join(installPython({ name: "deploy", oldest: "3.10" }), "python");
}

/** Installs once for each content of `wanted`. */
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
