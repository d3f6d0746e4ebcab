import { request as httpRequest } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  HttpApi,
  type HttpApiOptions,
  type LambdaIntegrationOptions,
  lambdaIntegration,
  listenOnLoopback,
} from "../../../shared/gateway.ts";

type Invoke = LambdaIntegrationOptions["invoke"];

/** Starts an API on any free port of this machine. It stops at the end of the test. */
async function start(options: HttpApiOptions = {}) {
  const api = new HttpApi(options);
  const server = await listenOnLoopback(
    0,
    (request, response) => api.handle(request, response),
    () => {},
  );
  onTestFinished(() => server.close());
  return { api, url: `http://localhost:${server.port}` };
}

/** Starts an API with a function at `GET /`. */
async function startFunction(invoke: Invoke, settings: Partial<LambdaIntegrationOptions> = {}) {
  const onInvalidResult = vi.fn();
  const { api, url } = await start();
  const integration = lambdaIntegration({ payloadVersion: "2.0", invoke, onInvalidResult, ...settings });
  api.serve([{ routeKey: "GET /", integration }]);
  const response = await fetch(url);
  return { status: response.status, body: await response.text(), onInvalidResult };
}

test("an API responds with the result of the function that a route names", async () => {
  const result = await startFunction(async (event) => ({
    payload: JSON.stringify(JSON.parse(event).routeKey),
  }));
  expect(result).toMatchObject({ status: 200, body: "GET /" });
});

test("a function that does not respond in time is answered with 503, as by API Gateway", async () => {
  const result = await startFunction(() => new Promise(() => {}), { timeout: 1 });
  expect(result).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
});

test("the failure of a function is answered with 500 and is not in the response", async () => {
  const result = await startFunction(async () => ({ failure: "Error: secret" }));
  expect(result).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
});

test("a function that cannot be invoked is answered with its message", async () => {
  const result = await startFunction(async () => ({ broken: "get.ts does not compile" }));
  expect(result).toMatchObject({ status: 500, body: '{"message":"get.ts does not compile"}' });
});

test("a result that is no response is answered with 500, and the developer learns why", async () => {
  const result = await startFunction(async () => ({ payload: '{"statusCode":"200"}' }));
  expect(result).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
  expect(result.onInvalidResult).toHaveBeenCalledWith(
    "API Gateway cannot convert this result to a response: statusCode must be an integer from 200 to 599.",
  );
});

test("an API that finds no route updates its routes before it responds with 404", async () => {
  const refresh = vi.fn(async () => {
    const invoke = async () => ({ payload: '"added"' });
    api.serve([{ routeKey: "GET /new", integration: lambdaIntegration({ payloadVersion: "2.0", invoke }) }]);
  });
  const { api, url } = await start({ refresh });
  expect(await (await fetch(`${url}/new`)).text()).toBe("added");
  expect((await fetch(`${url}/old`)).status).toBe(404);
  expect(refresh).toHaveBeenCalledTimes(2);
});

test("the log of an API has the path of a request without the query", async () => {
  const onAnswer = vi.fn();
  const { url } = await start({ onAnswer });
  await fetch(`${url}/path?code=secret`);
  expect(onAnswer).toHaveBeenCalledWith(
    expect.objectContaining({ method: "GET", path: "/path", statusCode: 404 }),
  );
});

test("an integration that throws is answered with 500, and the developer learns why", async () => {
  const onFailure = vi.fn();
  const { api, url } = await start({ onFailure });
  api.serve([{ routeKey: "$default", integration: () => Promise.reject(new Error("boom")) }]);
  expect((await fetch(url)).status).toBe(500);
  expect(onFailure).toHaveBeenCalledWith(expect.stringContaining("Error: boom"));
});

test("a request for another host than this machine never reaches an integration", async () => {
  const integration = vi.fn();
  const { api, url } = await start();
  api.serve([{ routeKey: "$default", integration }]);
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers: { host: "evil.example" } }, (response) => {
      resolve(response.resume().statusCode);
    });
    request.on("error", reject).end();
  });
  expect(status).toBe(403);
  expect(integration).not.toHaveBeenCalled();
});
