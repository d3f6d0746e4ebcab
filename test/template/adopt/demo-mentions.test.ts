import { expect, test } from "vitest";
import { Draft } from "../../../infra/adopt/draft.ts";
import { PARTS } from "../../../infra/adopt/parts.ts";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

/** The setting that allows it in production, and the remedy that its error names. */
const SETTING = /demo=true|"demo"|demo: (option|true)|--without-demo removes the demo/g;

test("outside the demo only its routes, its link and its setting name it", () => {
  const project = new Draft(PROJECT_ROOT);
  for (const path of [...PARTS.demo, "infra/adopt", "test/template"]) project.remove(path);
  const files = project.files.filter((file) => /^(functions|infra|shared|test)\/.*\.ts$/.test(file));
  const lines = files.flatMap((file) =>
    project
      .read(file)
      .split("\n")
      .filter((line) => /demo(?!nstrat)/i.test(line.replaceAll(SETTING, "")))
      .map((line) => [file, line.trim()]),
  );
  expect(lines).toEqual([
    ["functions/home.ts", expect.stringContaining('<a href="/demo">')],
    ["infra/routes.ts", 'import { DEMO_FILES, demoRoutes } from "./demo-routes.ts";'],
    ["infra/routes.ts", "...demoRoutes(deployment),"],
    ["infra/routes.ts", "...DEMO_FILES,"],
  ]);
});
