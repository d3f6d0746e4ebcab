import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { demoRoutes } from "../../../infra/demo-routes.ts";
import { ROUTES, routesOf, USER_SESSION_ROUTES } from "../../../infra/routes.ts";

/** What is removed with the demo, or removes it. */
const OWN = ["functions/demo/", "infra/demo-routes.ts", "infra/adopt/", "test/functions/demo/"];

function textOf(file: string): string {
  return readFileSync(join(PROJECT_ROOT, file), "utf8");
}

function filesIn(pattern: string): string[] {
  return globSync(pattern, { cwd: PROJECT_ROOT, exclude: ["**/node_modules/**"] });
}

test("outside the demo only the routes table and the home page name it, in three lines", () => {
  const files = filesIn("{functions,infra,shared,test/functions,test/infra,test/shared}/**/*.ts").filter(
    (file) => !OWN.some((place) => file.startsWith(place)),
  );
  const lines = files.toSorted().flatMap((file) =>
    textOf(file)
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

test("the demo imports nothing of the application but functions/runtime", () => {
  const imports = filesIn("functions/demo/**/*.ts").flatMap((file) =>
    [...textOf(file).matchAll(/from "(\.[^"]+)"/g)].map(([, path = ""]) => join(dirname(file), path)),
  );
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter((path) => !/^functions\/(demo|runtime)\//.test(path))).toEqual([]);
});

test.each([true, false])(
  "every route of the demo is below /demo and overrides no other (table: %s)",
  (hasTable) => {
    const own = Object.keys(demoRoutes({ hasTable }));
    expect(own.filter((routeKey) => !/^[A-Z]+ \/demo(\/|$)/.test(routeKey))).toEqual([]);
    const others = { ...ROUTES, ...(hasTable && USER_SESSION_ROUTES) };
    expect(routesOf({ hasTable })).toEqual({ ...demoRoutes({ hasTable }), ...others });
    expect(Object.keys(others).filter((routeKey) => own.includes(routeKey))).toEqual([]);
  },
);
