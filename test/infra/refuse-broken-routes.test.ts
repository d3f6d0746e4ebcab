import { expect, test } from "vitest";
import { refuseBrokenRoutes } from "../../infra/refuse-broken-routes.ts";
import type { Routes } from "../../infra/routes.ts";
import { FIXTURE } from "./fixture/application.ts";

test.each([
  "GETT /value",
  "get /value",
  "GET value",
  "GET",
  "GET  /value",
  "/value",
  "GET /value/",
  "POST //",
  "default",
])("the route %j, which API Gateway does not accept, is rejected in one sentence", (routeKey) => {
  const routes = { [routeKey]: "functions/value.ts" } as Routes;
  expect(() => refuseBrokenRoutes({}, FIXTURE, routes)).toThrow(
    expect.objectContaining({
      name: "SettingError",
      message: `The route ${routeKey} must be a method or ANY, a space and a path such as /orders/{id}, without a slash at its end. Correct it in infra/routes.ts.`,
    }),
  );
});

test.each(["$default", "GET /", "ANY /{any+}", "POST /orders/{id}/items", "HEAD /value"])(
  "the route %j is accepted",
  (routeKey) => {
    const routes = { [routeKey]: "functions/value.ts" } as Routes;
    expect(() => refuseBrokenRoutes({}, FIXTURE, routes)).not.toThrow();
  },
);

test("a route to a file that does not exist is rejected in one sentence that names both", () => {
  const routes: Routes = { "GET /value": "functions/value.ts", "GET /renamed": "functions/renamed.ts" };
  expect(() => refuseBrokenRoutes({}, FIXTURE, routes)).toThrow(
    expect.objectContaining({
      name: "SettingError",
      message:
        "The route GET /renamed names functions/renamed.ts, which does not exist. Create the file, or correct the route in infra/routes.ts.",
    }),
  );
});
