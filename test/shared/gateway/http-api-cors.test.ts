import { request as httpRequest } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  HttpApi,
  type HttpApiCors,
  type InvocationOutcome,
  lambdaIntegration,
  listenOnLoopback,
} from "../../../shared/gateway.ts";

const APP = "https://app.example.com";

const CORS: HttpApiCors = {
  allowOrigins: [APP, "https://b.example.com"],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["authorization", "content-type"],
  exposeHeaders: ["retry-after"],
  allowCredentials: true,
  maxAge: 7200,
};

const OF_EVERY_RESPONSE = {
  "access-control-allow-origin": APP,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "retry-after",
};

const OF_A_PREFLIGHT = {
  ...OF_EVERY_RESPONSE,
  "access-control-allow-methods": "GET,PUT",
  "access-control-allow-headers": "authorization,content-type",
  "access-control-max-age": "7200",
};

interface Setup {
  readonly routeKey?: string;
  /** Null means an API without a CORS configuration. */
  readonly cors?: HttpApiCors | null;
  readonly invoke?: () => Promise<InvocationOutcome>;
}

/** Starts an API with a function, and returns a function that sends a request to `/path`. */
async function start({ routeKey = "GET /path", cors = CORS, invoke }: Setup = {}) {
  const payload =
    '{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"https://own.example","vary":"Origin"}}';
  const called = vi.fn(invoke ?? (async () => ({ payload })));
  const api = new HttpApi();
  const integration = lambdaIntegration({ payloadVersion: "2.0", invoke: called });
  api.serve([{ routeKey, integration }], cors ?? undefined);
  const server = await listenOnLoopback(
    0,
    (request, response) => api.handle(request, response),
    () => {},
  );
  onTestFinished(() => server.close());
  const send = (method: string, headers: Record<string, string>, path = "/path") =>
    new Promise<{ status?: number | undefined; cors: Record<string, unknown>; vary: string | undefined }>(
      (resolve, reject) => {
        const url = `http://localhost:${server.port}${path}`;
        const request = httpRequest(url, { method, headers }, (response) => {
          const names = Object.keys(response.headers).filter((name) => name.startsWith("access-control-"));
          resolve({
            status: response.resume().statusCode,
            cors: Object.fromEntries(names.map((name) => [name, response.headers[name]])),
            vary: response.headers.vary,
          });
        });
        request.on("error", reject).end();
      },
    );
  return { send, called };
}

const preflight = (origin: string) => ({ origin, "access-control-request-method": "PUT" });

test("an API answers a preflight request of an allowed origin, and its function does not run", async () => {
  const { send, called } = await start();
  expect(await send("OPTIONS", preflight(APP))).toMatchObject({ status: 204, cors: OF_A_PREFLIGHT });
  expect(called).not.toHaveBeenCalled();
});

test("a preflight request for a path without a route is answered like any other", async () => {
  const { send } = await start();
  expect(await send("OPTIONS", preflight(APP), "/nowhere")).toMatchObject({ cors: OF_A_PREFLIGHT });
});

test.each([
  ["a preflight request of another origin", preflight("https://evil.example")],
  ["a preflight request of the origin null", preflight("null")],
  ["an OPTIONS request that is no preflight request", { origin: APP }],
  ["an OPTIONS request without an origin", {}],
])("%s is answered without CORS headers", async (_name, headers) => {
  const { send } = await start();
  expect(await send("OPTIONS", headers)).toMatchObject({ status: 204, cors: {} });
});

test("the CORS headers of a function are replaced by the configured ones, and its other headers are kept", async () => {
  const { send } = await start();
  expect(await send("GET", { origin: APP })).toEqual({
    status: 200,
    cors: OF_EVERY_RESPONSE,
    vary: "Origin",
  });
});

test.each([
  ["of another origin", { origin: "https://evil.example" }],
  ["of an origin that begins with an allowed one", { origin: `${APP}.evil.example` }],
  ["without an origin", {}],
])(
  "the response to a request %s has no CORS headers, not even those of the function",
  async (_name, headers) => {
    const { send } = await start();
    expect(await send("GET", headers)).toMatchObject({ status: 200, cors: {} });
  },
);

test("a refusal that a function returns can be read by another origin", async () => {
  const { send } = await start({ invoke: async () => ({ payload: '{"statusCode":503}' }) });
  expect(await send("GET", { origin: APP })).toMatchObject({ status: 503, cors: OF_EVERY_RESPONSE });
});

test.each(["ANY /path", "OPTIONS /{proxy+}", "$default"])(
  "a preflight request reaches the function of the route %s, and its response gets the CORS headers",
  async (routeKey) => {
    const { send, called } = await start({ routeKey });
    expect(await send("OPTIONS", preflight(APP))).toMatchObject({ status: 200, cors: OF_A_PREFLIGHT });
    expect(called).toHaveBeenCalledOnce();
  },
);

test("errors of the API itself have no CORS headers, because AWS documents none", async () => {
  const { send } = await start({ invoke: async () => ({ failure: "Error" }) });
  expect(await send("GET", { origin: APP })).toMatchObject({ status: 500, cors: {} });
  expect(await send("PUT", { origin: APP })).toMatchObject({ status: 404, cors: {} });
});

test.each([
  ["*", "https://any.example", "*"],
  ["https://*", "https://any.example", "https://any.example"],
  ["http://*", "http://localhost:5173", "http://localhost:5173"],
  ["http://*", "https://any.example", undefined],
])("with the origin %s, %s is allowed as %s", async (allowed, origin, header) => {
  const { send } = await start({ cors: { allowOrigins: [allowed] } });
  const { cors } = await send("GET", { origin });
  expect(cors["access-control-allow-origin"]).toBe(header);
  expect(cors).not.toHaveProperty("access-control-allow-credentials");
});

test("without a CORS configuration, the CORS headers of a function are kept and OPTIONS has no route", async () => {
  const { send } = await start({ cors: null });
  expect((await send("GET", { origin: APP })).cors).toEqual({
    "access-control-allow-origin": "https://own.example",
  });
  expect(await send("OPTIONS", preflight(APP))).toMatchObject({ status: 404, cors: {} });
});
