/**
 * `npm run test:flask`: a Flask application and the local run share one session.
 *
 * Installs Flask into `.venv/flask`, which git ignores, and runs the tests of this folder. Needs Python 3.9
 * or newer.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPython } from "../../support/python-environment.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const commands = installPython({ name: "flask", oldest: "3.9" });
const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run"];
const config = ["--config", join(root, "test/template/flask/vitest.config.ts")];
const env = { ...process.env, FLASK_PYTHON: join(commands, "python") };
process.exitCode =
  spawnSync(process.execPath, [...vitest, ...config], { cwd: root, stdio: "inherit", env }).status ?? 1;
