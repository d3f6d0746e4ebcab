/**
 * `npm run test:package`: packs the library, installs the tarball in an empty project and runs there what the
 * README of the library says, with plain Node, bundled, and under vitest.
 *
 * Needs no network: the tarball's dependencies are links to the packages that are installed in this project.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run"];
const args = [
  ...vitest,
  "--config",
  join(root, "test/template/package/vitest.config.ts"),
  ...process.argv.slice(2),
];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
