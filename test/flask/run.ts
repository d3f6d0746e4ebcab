/**
 * `npm run test:flask`: a real Flask and the local run share one session.
 *
 * Installs Flask into `.venv/flask`, which git ignores, and runs the tests of this folder. Needs Python 3.9 or newer.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".venv/flask");
const requirements = join(root, "test/flask/requirements.txt");
const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const vitest = join(root, "node_modules/vitest/vitest.mjs");

install();
process.exitCode = run(process.execPath, [
  vitest,
  "run",
  "--config",
  join(root, "test/flask/vitest.config.ts"),
]);

/** Once for each content of requirements.txt. */
function install(): void {
  const stamp = join(folder, "installed.txt");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log(`Installing Flask into ${folder}`);
  const system = findPython() ?? fail("test:flask needs Python 3.9 or newer as python3 or python.");
  if (run(system, ["-m", "venv", folder]) !== 0)
    fail(
      "Python cannot make a virtual environment: it lacks the module venv (Debian's package python3-venv).",
    );
  if (
    run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]) !== 0
  )
    fail("pip could not install Flask: is the Python package index within reach?");
  writeFileSync(stamp, wanted);
}

function findPython(): string | undefined {
  const recent = "import sys; sys.exit(sys.version_info < (3, 9))";
  return ["python3", "python"].find((name) => spawnSync(name, ["-c", recent]).status === 0);
}

function run(command: string, args: readonly string[]): number {
  const env = { ...process.env, FLASK_PYTHON: python };
  return spawnSync(command, args, { cwd: root, stdio: "inherit", env }).status ?? 1;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
