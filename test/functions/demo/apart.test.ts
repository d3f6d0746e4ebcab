import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { demoRoutes } from "../../../infra/demo-routes.ts";
import { ROUTES, routesOf, USER_SESSION_ROUTES } from "../../../infra/routes.ts";

function textOf(file: string): string {
  return readFileSync(join(PROJECT_ROOT, file), "utf8");
}

function filesIn(pattern: string): string[] {
  return globSync(pattern, { cwd: PROJECT_ROOT, exclude: ["**/node_modules/**"] });
}

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
