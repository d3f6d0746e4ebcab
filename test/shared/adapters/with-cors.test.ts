import { EVENT_FORMS, type WireRequest } from "lambda-sessions/gateway";
import { adapterCases, httpApiEvent, lambdaContext, restApiEvent } from "lambda-sessions/testing";
import { describe, expect, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie.ts";
import { type CorsOptions, withCors } from "../../../shared/cors.ts";
import { SessionUnavailableError } from "../../../shared/index.ts";
import { createWithSession, type HttpEvent, type WithSession } from "../../../shared/lambda.ts";
import { bareAdapter } from "./bare-adapter.ts";

const APP = "https://app.example.com";
const KEYS = ["a secret key of at least 32 bytes, for tests"];
const trustedOrigins = [APP, "capacitor://localhost"];

const OF_EVERY_RESPONSE = {
  "access-control-allow-origin": APP,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "retry-after,session-token",
};

const OF_A_PREFLIGHT = {
  "access-control-allow-origin": APP,
  "access-control-allow-credentials": "true",
  "access-control-allow-methods": "GET,HEAD,POST,PUT,PATCH,DELETE",
  "access-control-allow-headers": "authorization,content-type,session-transport",
  "access-control-max-age": "7200",
};

function corsHeadersOf(headers: Iterable<readonly [string, string]>): Record<string, string> {
  const lines = [...headers].map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(lines.filter(([name]) => name.startsWith("access-control-")));
}

function wireRequest(method: string, ...headers: (readonly [string, string])[]): WireRequest {
  const own = [["Host", "api.example.com"], ...headers] as const;
  return { method, path: "/", queryString: "", headers: own, body: Buffer.alloc(0) };
}

describe.each(EVENT_FORMS)("as a function of $name", (form) => {
  const handler = () => ({ statusCode: 200, headers: { vary: "Accept" }, body: "own" });

  async function send(...request: Parameters<typeof wireRequest>) {
    const { statusCode, headers, body } = await form.invoke(
      withCors<HttpEvent>(handler, { trustedOrigins }),
      wireRequest(...request),
    );
    const vary = headers.find(([name]) => name.toLowerCase() === "vary")?.[1];
    return { statusCode, cors: corsHeadersOf(headers), vary, body: body.toString() };
  }

  test("a preflight request of a trusted origin is answered without the handler", async () => {
    const asked = ["Access-Control-Request-Method", "PUT"] as const;
    expect(await send("OPTIONS", ["Origin", APP], asked)).toEqual({
      statusCode: 204,
      cors: OF_A_PREFLIGHT,
      vary: "Origin",
      body: "",
    });
  });

  test("a preflight request of another origin is answered without CORS headers and without the handler", async () => {
    const asked = ["Access-Control-Request-Method", "PUT"] as const;
    const answer = await send("OPTIONS", ["Origin", "https://evil.example"], asked);
    expect(answer).toEqual({ statusCode: 204, cors: {}, vary: "Origin", body: "" });
  });

  test("a script of a trusted origin may read the handler's response", async () => {
    expect(await send("GET", ["Origin", APP])).toEqual({
      statusCode: 200,
      cors: OF_EVERY_RESPONSE,
      vary: "Accept, Origin",
      body: "own",
    });
  });

  test.each([["https://evil.example"], [`${APP}.evil.example`], ["null"], [""], [`${APP}, ${APP}`]])(
    "a script of the origin %j may not read the response",
    async (origin) => {
      expect(await send("GET", ["Origin", origin])).toMatchObject({ cors: {}, vary: "Accept, Origin" });
    },
  );

  test("a response to a request without an origin varies by it, so that a cache keeps it apart", async () => {
    expect(await send("GET")).toMatchObject({ cors: {}, vary: "Accept, Origin" });
  });
});

describe.each(EVENT_FORMS.map(bareAdapter))("around $name", (adapter) => {
  const inner = adapter.start;
  const start: typeof inner = (withSession, script) =>
    inner(
      ((handler) => withCors(withSession(handler as never), { trustedOrigins })) as typeof withSession,
      script,
    );
  for (const { name, run } of adapterCases({ ...adapter, start })) test(name, run);
});

describe("the refusals of the session layer", () => {
  const sessionInterface = new SecureCookieSessionInterface({ keys: KEYS });
  const log = () => {};

  async function answerOf(withSession: WithSession<{ text: string }>, method = "GET", origin = APP) {
    const wrapped = withSession((_event, session) => {
      session.set("text", "x".repeat(8000));
      return "saved";
    });
    const event = httpApiEvent({ method, headers: { origin, "sec-fetch-site": "cross-site" } });
    const { statusCode, headers = {} } = await withCors(wrapped, { trustedOrigins })(event, lambdaContext());
    const entries = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
    return { statusCode, cors: corsHeadersOf(entries), vary: headers.vary };
  }

  test("a refused request of another site can be read by a trusted origin that withSession does not trust", async () => {
    const withSession = createWithSession<{ text: string }>({ sessionInterface, log });
    expect(await answerOf(withSession, "POST")).toEqual({
      statusCode: 403,
      cors: OF_EVERY_RESPONSE,
      vary: "Accept, Origin",
    });
  });

  test("a refused request of another site stays unreadable for that site", async () => {
    const withSession = createWithSession<{ text: string }>({ sessionInterface, trustedOrigins, log });
    const answer = await answerOf(withSession, "POST", "https://evil.example");
    expect(answer).toMatchObject({ statusCode: 403, cors: {} });
  });

  test("a session that is too large is answered with a 413 that a trusted origin can read", async () => {
    const withSession = createWithSession<{ text: string }>({ sessionInterface, trustedOrigins, log });
    expect(await answerOf(withSession)).toMatchObject({ statusCode: 413, cors: OF_EVERY_RESPONSE });
  });

  test("a failing store is answered with a 503 whose Retry-After a trusted origin can read", async () => {
    const sessions = new SecureCookieSessionInterface({ keys: KEYS });
    sessions.open = () => Promise.reject(new SessionUnavailableError("the store is down"));
    const answer = await answerOf(
      createWithSession<{ text: string }>({ sessionInterface: sessions, trustedOrigins, log }),
    );
    expect(answer).toMatchObject({ statusCode: 503, cors: OF_EVERY_RESPONSE });
  });
});

test("the CORS headers of a handler are removed, so that it cannot let in more than the trusted origins", async () => {
  const own = { "Access-Control-Allow-Origin": "*", "access-control-allow-methods": "*", "x-own": "kept" };
  const handler = withCors<HttpEvent>(
    () => ({ statusCode: 200, headers: own, multiValueHeaders: { "Access-Control-Max-Age": [1] } }),
    { trustedOrigins },
  );
  const event = restApiEvent({ headers: { Origin: "https://evil.example" } });
  const { headers, multiValueHeaders } = await handler(event, lambdaContext());
  expect({ headers, multiValueHeaders }).toEqual({
    headers: { "x-own": "kept", vary: "Origin" },
    multiValueHeaders: {},
  });
});

test("an error of the handler is thrown on", async () => {
  const error = new Error("own");
  const handler = withCors(() => Promise.reject(error), { trustedOrigins });
  await expect(handler(httpApiEvent({ headers: { origin: APP } }), lambdaContext())).rejects.toBe(error);
});

test("an OPTIONS request that is no preflight request reaches the handler", async () => {
  const handler = vi.fn(() => "own");
  await withCors(handler, { trustedOrigins })(
    httpApiEvent({ method: "OPTIONS", headers: { origin: APP } }),
    lambdaContext(),
  );
  expect(handler).toHaveBeenCalledOnce();
});

test("methods, headers and the time for which a preflight request is remembered can be chosen", async () => {
  const options = { allowMethods: ["REPORT"], allowHeaders: ["x-a", "x-b"], maxAge: 0 };
  const headers = { origin: "capacitor://localhost", "access-control-request-method": "REPORT" };
  const event = httpApiEvent({ method: "OPTIONS", headers });
  const answer = await withCors(() => "own", { trustedOrigins, ...options })(event, lambdaContext());
  expect(answer.headers).toMatchObject({
    "access-control-allow-origin": "capacitor://localhost",
    "access-control-allow-methods": "REPORT",
    "access-control-allow-headers": "x-a,x-b",
    "access-control-max-age": "0",
  });
});

test.each<[string, Record<string, unknown>]>([
  ["trustedOrigins", {}],
  ["trustedOrigins", { trustedOrigins: APP }],
  ["trustedOrigins", { trustedOrigins: ["*"] }],
  ["trustedOrigins", { trustedOrigins: ["null"] }],
  ["trustedOrigins", { trustedOrigins: [`${APP}/`] }],
  ["allowMethods", { trustedOrigins, allowMethods: ["*", "a b"] }],
  ["allowHeaders", { trustedOrigins, allowHeaders: "x-a" }],
  ["exposeHeaders", { trustedOrigins, exposeHeaders: ["x-a\r\nset-cookie: a=b"] }],
  ["maxAge", { trustedOrigins, maxAge: 86_401 }],
  ["origins", { trustedOrigins, origins: [] }],
])("the option %s is rejected in %j", (option, options) => {
  expect(() => withCors(() => "own", options as unknown as CorsOptions)).toThrow(
    expect.objectContaining({ name: "OptionError", option }),
  );
});
