import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { demoRoutes } from "../../../infra/demo-routes.ts";
import {
  OIDC_ROUTES,
  OWN_SIGN_IN_ROUTES,
  ROUTES,
  routesOf,
  USER_SESSION_ROUTES,
} from "../../../infra/routes.ts";

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

test.each([
  { hasTable: true, hasOidc: false },
  { hasTable: false, hasOidc: false },
  { hasTable: true, hasOidc: true },
])(
  "every route of the demo is below /demo and overrides no other (table: $hasTable, identity provider: $hasOidc)",
  (deployment) => {
    const { hasTable, hasOidc } = deployment;
    const own = Object.keys(demoRoutes(deployment));
    expect(own.filter((routeKey) => !/^[A-Z]+ \/demo(\/|$)/.test(routeKey))).toEqual([]);
    const signIn = hasOidc ? OIDC_ROUTES : OWN_SIGN_IN_ROUTES;
    const others = { ...ROUTES, ...signIn, ...(hasTable && USER_SESSION_ROUTES) };
    expect(routesOf(deployment)).toEqual({ ...demoRoutes(deployment), ...others });
    expect(Object.keys(others).filter((routeKey) => own.includes(routeKey))).toEqual([]);
  },
);
