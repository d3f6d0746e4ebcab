/**
 * `npm run test:actionlint`: the linter for GitHub's workflows, on the files in `.github/workflows`.
 *
 * Needs Go 1.21 or newer, which builds it from the Go module proxy; go.sum pins its content. A Go that is
 * older than go.mod asks for fetches that version, unless `GOTOOLCHAIN` forbids it. Where shellcheck is
 * installed, actionlint also checks the scripts in the workflows.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

/** The first Go that fetches a newer one. */
const OLDEST = [1, 21];

const [major = 0, minor = 0] = goVersion();
if (major < (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor < (OLDEST[1] ?? 0))) {
  console.error(`test:actionlint needs Go ${OLDEST.join(".")} or newer as the command go.`);
  process.exit(1);
}
const workflows = globSync("*.yml", { cwd: join(PROJECT_ROOT, ".github/workflows") });
const paths = workflows.map((file) => join(PROJECT_ROOT, ".github/workflows", file));
const { status } = spawnSync("go", ["tool", "actionlint", ...paths], {
  cwd: join(PROJECT_ROOT, "test/template/actionlint"),
  stdio: "inherit",
});
if (status === 0) console.log(`actionlint found no problems in ${workflows.join(", ")}.`);
process.exitCode = status ?? 1;

/** Returns the version of Go as numbers; empty without Go. */
function goVersion(): number[] {
  const { stdout } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const [, ...numbers] = /^go(\d+)\.(\d+)/.exec(stdout ?? "") ?? [];
  return numbers.map(Number);
}
