import { expect, test } from "vitest";
import { Draft } from "../../../infra/adopt/draft.ts";
import { PARTS } from "../../../infra/adopt/parts.ts";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

test("outside the demo only the routes table and the home page name it, in three lines", () => {
  const project = new Draft(PROJECT_ROOT);
  for (const path of [...PARTS.demo, "infra/adopt", "test/template"]) project.remove(path);
  const files = project.files.filter((file) => /^(functions|infra|shared|test)\/.*\.ts$/.test(file));
  const lines = files.flatMap((file) =>
    project
      .read(file)
      .split("\n")
      .filter((line) => /demo(?!nstrat)/i.test(line))
      .map((line) => [file, line.trim()]),
  );
  expect(lines).toEqual([
    ["functions/home.ts", expect.stringContaining('<a href="/demo">')],
    ["infra/routes.ts", 'import { demoRoutes } from "./demo-routes.ts";'],
    ["infra/routes.ts", "...demoRoutes({ hasTable }),"],
  ]);
});
