/**
 * `npm run test:adopt`: adopts copies of this project with each set of options, and runs in each what its
 * README says: `npm ci && npm start`, `npm ci && npm test`, with the tests that the adoption can change. Then
 * follows docs/recipes.md and docs/upgrading.md in copies.
 *
 * Needs git and the npm registry.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HAS_GIT } from "../project-copy.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run"];
const config = ["--config", join(root, "test/template/adopt/vitest.config.ts")];
if (HAS_GIT) {
  const args = [...vitest, ...config, ...process.argv.slice(2)];
  const installations = mkdtempSync(join(tmpdir(), "adopt-installations-"));
  const env = { ...process.env, INSTALLATIONS: installations };
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env }).status ?? 1;
  rmSync(installations, { recursive: true });
} else {
  console.error("test:adopt needs git, because npm run adopt asks for a git repository. Install git.");
  process.exitCode = 1;
}
