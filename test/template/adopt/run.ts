/**
 * `npm run test:adopt`: copies of this project are adopted, and do what their README says: `npm ci && npm start`,
 * `npm ci && npm test`. Then docs/recipes.md is followed to the letter in one of them.
 *
 * Needs git and the npm registry. Takes as long as the tests of the project take, and some minutes.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HAS_GIT } from "./project-copy.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run"];
const config = ["--config", join(root, "test/template/adopt/vitest.config.ts")];
if (HAS_GIT) {
  const args = [...vitest, ...config, ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
} else {
  console.error("test:adopt needs git, under which npm run adopt wants a project to be.");
  process.exitCode = 1;
}
