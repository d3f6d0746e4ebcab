import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { ExampleProject } from "./example-project.ts";
import { readPageExample } from "./page-example.ts";

const RULES_FILE = "test/house-rules.ts";
const FIRST_RULE = "export const MORE: Readonly<Record<FunctionFile, Partial<FunctionRules>>> = {\n";

/** The pages whose functions the house rules limit, and their functions. Default: all of the page. */
const PAGES: readonly (readonly [page: string, files?: readonly string[]])[] = [
  ["web.md"],
  ["node.md", ["functions/express.ts"]],
  ["middy.md"],
  ["routes.md"],
  ["cross-origin.md"],
  ["named-sessions.md"],
  ["mobile-clients.md"],
];

/** Returns the lines that a page adds to `MORE`. */
function rulesOn(page: string): string[] {
  const text = readFileSync(join(PROJECT_ROOT, "shared/docs", page), "utf8");
  return [...text.matchAll(/"functions\/[\w-]+\.ts": \{ bytes: [^}]*\}/g)].map(([line]) => `${line},\n`);
}

let project: ExampleProject;
beforeAll(() => {
  project = new ExampleProject(...PAGES.map(([page, files]) => readPageExample(page, files)));
  const [before = "", after = ""] = project.read(RULES_FILE).split(FIRST_RULE);
  project.write(RULES_FILE, before + FIRST_RULE + PAGES.flatMap(([page]) => rulesOn(page)).join("") + after);
});
afterAll(() => project?.remove());

test("the examples of all pages pass the tests of bundles with the lines that the pages add to the house rules", () => {
  const bundles = ["node_modules/vitest/vitest.mjs", "run", "test/infra/house-rules/bundles.test.ts"];
  const { status, stdout, stderr } = project.run(process.execPath, ...bundles);
  expect(status, stdout + stderr).toBe(0);
});
