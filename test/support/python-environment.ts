import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../infra/bundling.ts";

/** Requirements of a script for Python. */
export interface PythonNeeds {
  /** Name of the script without `test:`. Its requirements are in `test/template/NAME/requirements.txt`. */
  readonly name: string;
  /** Oldest version of Python that works, such as `3.10`. */
  readonly oldest: string;
}

/**
 * Installs the requirements of a script into `.venv/NAME`, which git ignores, once for each version of them.
 * If that is not possible, prints what is missing and exits.
 *
 * @returns the folder with the commands of the environment
 */
export function installPython({ name, oldest }: PythonNeeds): string {
  const folder = join(PROJECT_ROOT, ".venv", name);
  const commands = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const requirements = join(PROJECT_ROOT, "test/template", name, "requirements.txt");
  const stamp = join(folder, "installed.txt");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return commands;
  console.log(`Installing ${wanted.trim().replaceAll("\n", ", ")} into ${folder}`);
  const system =
    findPython(oldest) ?? fail(`test:${name} needs Python ${oldest} or newer as python3 or python.`);
  if (!succeeds(system, ["-m", "venv", folder]))
    fail(
      "Python cannot make a virtual environment: it lacks the module venv (Debian's package python3-venv).",
    );
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
  if (!succeeds(join(commands, "python"), install))
    fail(`pip could not install ${wanted.trim()}: is the Python package index within reach?`);
  writeFileSync(stamp, wanted);
  return commands;
}

function findPython(oldest: string): string | undefined {
  const check = `import sys; sys.exit(sys.version_info < (${oldest.replace(".", ", ")}))`;
  return ["python3", "python"].find((name) => spawnSync(name, ["-c", check]).status === 0);
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "inherit" }).status === 0;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
