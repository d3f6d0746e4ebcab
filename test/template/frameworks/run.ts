/**
 * `npm run test:frameworks`: the complete examples of shared/docs run with their real frameworks.
 * `npm run test:frameworks -- NAME` runs NAME.frameworks.ts alone.
 *
 * To add an example to a page, write each of its files as a whole, in a block that names the file after the
 * language (` ```ts functions/hono.ts `), the lines that it adds to `ROUTES` in blocks
 * ` ```ts infra/routes.ts `, and `npm install` of its packages in a block ` ```sh `. Blocks that name no file
 * only illustrate. The paragraph above a block names its file too, because a rendered page does not show what
 * follows the language. Then write NAME.frameworks.ts beside this file:
 *
 *     let example: RunningExample;
 *     beforeAll(async () => {
 *       const context = { storage: "dynamodb" };
 *       example = await startExample("web.md", { files: ["functions/hono.ts"], context });
 *     });
 *     afterAll(() => example?.close());
 *
 *     test("a visitor of the Hono example …", async () => {
 *       const visitor = new Visitor(example.url);
 *       const response = await visitor.get("/hono");
 *       expect([response.status, await response.json()], example.output).toEqual([200, { visits: 1 }]);
 *     });
 *
 * `startExample` makes a copy of this project, adds the files and the routes (in place of those with the same
 * keys), links the packages that the page installs, runs linter and compiler with the frameworks' real types,
 * and starts the copy's local run; `example.output` has its log. `startProgram(example.project,
 * ["server.ts"])` also runs a server of the example that is no function; it must print its address and take
 * `PORT`. `followPage` does all but start the local run. A new framework is added to package.json in this
 * folder: `npm install --prefix test/template/frameworks --ignore-scripts NAME`.
 *
 * Installs the frameworks into this folder from its own lock file, and needs the npm registry for it.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { installFrameworks } from "./installation.ts";

if (installFrameworks()) {
  const vitest = [join(PROJECT_ROOT, "node_modules/vitest/vitest.mjs"), "run"];
  const config = ["--config", join(import.meta.dirname, "vitest.config.ts")];
  const args = [...vitest, ...config, ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, args, { cwd: PROJECT_ROOT, stdio: "inherit" }).status ?? 1;
} else {
  process.exitCode = 1;
}
