/**
 * `npm run test:actionlint`: the linter for GitHub's workflows on those of `.github/workflows`.
 *
 * Needs Go 1.25 or newer, which builds it from the Go module proxy; go.sum says what it must be. Where shellcheck is
 * installed, actionlint has it look at the scripts in the workflows too.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

const OLDEST = [1, 25];

const [major = 0, minor = 0] = goVersion();
if (major < (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor < (OLDEST[1] ?? 0))) {
  console.error(`test:actionlint needs Go ${OLDEST.join(".")} or newer as go.`);
  process.exit(1);
}
const workflows = globSync("*.yml", { cwd: join(PROJECT_ROOT, ".github/workflows") });
const paths = workflows.map((file) => join(PROJECT_ROOT, ".github/workflows", file));
const { status } = spawnSync("go", ["tool", "actionlint", ...paths], {
  cwd: join(PROJECT_ROOT, "test/template/actionlint"),
  stdio: "inherit",
  env: { ...process.env, GOTOOLCHAIN: "local" },
});
if (status === 0) console.log(`actionlint finds nothing in ${workflows.join(", ")}.`);
process.exitCode = status ?? 1;

/** The version of Go as numbers; none without Go. */
function goVersion(): number[] {
  const { stdout } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const [, ...numbers] = /^go(\d+)\.(\d+)/.exec(stdout ?? "") ?? [];
  return numbers.map(Number);
}
