import { describe, expect, onTestFinished, test } from "vitest";
import {
  authorizedIntegration,
  HttpApi,
  type HttpApiCors,
  type Integration,
  lambdaIntegration,
  listenOnLoopback,
} from "../../../shared/gateway.ts";

/** Responds with the parts of the event that show which route was chosen. */
const echo: Integration = lambdaIntegration({
  payloadVersion: "2.0",
  onInvalidResult: () => {},
  invoke: async (text) => {
    const { routeKey, pathParameters, requestContext } = JSON.parse(text);
    const { method } = requestContext.http;
    const { lambda: authorized } = requestContext.authorizer ?? {};
    const body = JSON.stringify({ routeKey, pathParameters, method, authorized });
    return { payload: JSON.stringify({ statusCode: 200, headers: { "x-route": body }, body }) };
  },
});

/** Allows visitors with the cookie `user`, and passes its value on. */
const authorized = authorizedIntegration(echo, {
  payloadVersion: "2.0",
  simpleResponses: true,
  identitySource: [],
  onInvalidResult: () => {},
  invoke: async (text) => {
    const { cookies, pathParameters } = JSON.parse(text);
    const user = /^user=(.+)/.exec(cookies?.[0] ?? "")?.[1];
    const context = { user, id: pathParameters?.id };
    return { payload: JSON.stringify({ isAuthorized: user !== undefined, context }) };
  },
});

/** Starts an API with these routes, and returns a function that sends a request. */
async function serve(routes: Readonly<Record<string, Integration>>, cors?: HttpApiCors) {
  const api = new HttpApi();
  const list = Object.entries(routes).map(([routeKey, integration]) => ({ routeKey, integration }));
  api.serve(list, cors);
  const server = await listenOnLoopback(
    0,
    (request, response) => api.handle(request, response),
    () => {},
  );
  onTestFinished(() => server.close());
  return async (method: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`http://localhost:${server.port}${path}`, { method, headers });
    const { status } = response;
    const route = response.headers.get("x-route");
    const body = await response.text();
    return {
      status,
      body,
      length: response.headers.get("content-length"),
      route: route && JSON.parse(route),
    };
  };
}

describe("HEAD", () => {
  test("a HEAD route has the path parameters and the length of the GET route, and no body", async () => {
    const send = await serve({ "GET /items/{id}": echo, "HEAD /items/{id}": echo });
    const [get, head] = [await send("GET", "/items/a%20b"), await send("HEAD", "/items/a%20b")];
    const route = { pathParameters: { id: "a b" } };
    expect(get.route).toEqual({ ...route, routeKey: "GET /items/{id}", method: "GET" });
    expect(head.route).toEqual({ ...route, routeKey: "HEAD /items/{id}", method: "HEAD" });
    expect(head.body).toBe("");
    expect(Number(head.length)).toBe(Number(get.length) + "HEAD".length * 2 - "GET".length * 2);
  });

  test("a HEAD route with an authorizer passes its context and the path parameters on", async () => {
    const send = await serve({ "GET /items/{id}": authorized, "HEAD /items/{id}": authorized });
    const { status, route } = await send("HEAD", "/items/7", { cookie: "user=u-1" });
    expect([status, route]).toEqual([
      200,
      {
        routeKey: "HEAD /items/{id}",
        method: "HEAD",
        pathParameters: { id: "7" },
        authorized: { user: "u-1", id: "7" },
      },
    ]);
  });

  test("a HEAD route with an authorizer denies as the GET route does, without a body", async () => {
    const send = await serve({ "GET /items/{id}": authorized, "HEAD /items/{id}": authorized });
    expect(await send("GET", "/items/7")).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(await send("HEAD", "/items/7")).toMatchObject({ status: 403, body: "", route: null });
  });

  test("a GET route alone answers HEAD with 404, so the stack adds a route", async () => {
    const send = await serve({ "GET /items/{id}": echo });
    expect((await send("HEAD", "/items/7")).status).toBe(404);
  });
});

describe("routes for every request", () => {
  const both = { "ANY /": echo, "ANY /{proxy+}": echo };

  test.each([
    ["GET", "/", "ANY /", undefined],
    ["HEAD", "/", "ANY /", undefined],
    ["DELETE", "/items/7", "ANY /{proxy+}", { proxy: "items/7" }],
    ["HEAD", "/items/7/", "ANY /{proxy+}", { proxy: "items/7/" }],
    ["PROPFIND", "/a%2Fb", "ANY /{proxy+}", { proxy: "a/b" }],
  ])("ANY / and ANY /{proxy+} together serve %s %s", async (method, path, routeKey, pathParameters) => {
    const send = await serve(both);
    expect((await send(method, path)).route).toEqual({ routeKey, method, pathParameters });
  });

  test("ANY /{proxy+} alone does not serve the root", async () => {
    const send = await serve({ "ANY /{proxy+}": echo });
    expect((await send("GET", "/")).status).toBe(404);
  });

  test("a route with a method and a full path precedes ANY /{proxy+}, with its own authorizer", async () => {
    const send = await serve({ ...both, "GET /items/{id}": authorized });
    expect((await send("GET", "/items/7")).status).toBe(403);
    // The stack adds a HEAD route for this reason: without one, HEAD would pass the authorizer by.
    expect((await send("HEAD", "/items/7")).route).toMatchObject({ routeKey: "ANY /{proxy+}" });
  });

  test("$default serves what no other route matches, without path parameters", async () => {
    const send = await serve({ "GET /items/{id}": echo, $default: echo });
    expect((await send("GET", "/items/7")).route).toMatchObject({ routeKey: "GET /items/{id}" });
    for (const [method, path] of [
      ["POST", "/items/7"],
      ["GET", "/"],
      ["HEAD", "/elsewhere/7"],
    ] as const)
      expect((await send(method, path)).route).toEqual({ routeKey: "$default", method });
  });
});

test("the preflight request of a route with an authorizer is answered without it, unless the route is for every method", async () => {
  const cors = { allowOrigins: ["https://app.example"], allowMethods: ["POST"], allowCredentials: true };
  const send = await serve({ "POST /items": authorized, "ANY /all": authorized }, cors);
  const headers = { origin: "https://app.example", "access-control-request-method": "POST" };
  expect((await send("OPTIONS", "/items", headers)).status).toBe(204);
  expect((await send("OPTIONS", "/all", headers)).status).toBe(403);
  expect((await send("POST", "/items", { origin: "https://app.example" })).status).toBe(403);
});
