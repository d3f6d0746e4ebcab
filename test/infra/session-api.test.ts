import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, expect, test } from "vitest";
import { SessionApi } from "../../infra/constructs/api/session-api.ts";
import { SessionFunction } from "../../infra/constructs/session-function.ts";
import { FIXTURE } from "./fixture/application.ts";
import { appWithoutBundling, resourcesOf } from "./synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "session-api-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const keeping = { logRetention: 1, removalPolicy: RemovalPolicy.DESTROY };

function stackWithApi() {
  const stack = new Stack(appWithoutBundling(outdir), "Sessions");
  const api = new SessionApi(stack, "Api", { rateLimit: 1, burstLimit: 1, ...keeping });
  const target = new SessionFunction(stack, "Cart", {
    root: FIXTURE.root,
    entry: "functions/visits.ts",
    memorySize: 128,
    timeout: 1,
    environment: {},
    ...keeping,
  });
  return { stack, api, target };
}

test("routes of one function share its integration, and each route may invoke it", () => {
  const { stack, api, target } = stackWithApi();
  api.addRoute("GET /cart/{id}", target);
  api.addRoute("ANY /cart", target);
  const template = Template.fromStack(stack);
  const [[integration] = [], ...others] = resourcesOf(template, "AWS::ApiGatewayV2::Integration");
  expect(others).toEqual([]);
  const routes = resourcesOf(template, "AWS::ApiGatewayV2::Route").map(([, { Properties }]) => Properties);
  expect(routes.map(({ RouteKey }) => RouteKey)).toEqual(["GET /cart/{id}", "ANY /cart"]);
  for (const { Target } of routes) expect(Target["Fn::Join"][1][1]).toEqual({ Ref: integration });
  template.resourceCountIs("AWS::Lambda::Permission", 2);
});

test("a path that does not begin with a slash is rejected", () => {
  const { api, target } = stackWithApi();
  expect(() => api.addRoute("GET cart" as "GET /cart", target)).toThrow("must always start with a");
});

test("a GET route that serves HEAD adds a route to the same integration, but no permission", () => {
  const { stack, api, target } = stackWithApi();
  api.addRoute("GET /cart/{id}", target, { head: true });
  const template = Template.fromStack(stack);
  const [get, head] = resourcesOf(template, "AWS::ApiGatewayV2::Route").map(
    ([, { Properties }]) => Properties,
  );
  expect(head).toEqual({ ...get, RouteKey: "HEAD /cart/{id}" });
  const permissions = resourcesOf(template, "AWS::Lambda::Permission");
  const sources = permissions.map(([, { Properties }]) => Properties.SourceArn["Fn::Join"][1].at(-1));
  expect(sources).toEqual(["/*/*/cart/{id}"]);
});
