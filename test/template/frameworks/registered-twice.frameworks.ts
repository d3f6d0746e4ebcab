import { Router } from "@aws-lambda-powertools/event-handler/http";
import middy from "@middy/core";
import httpErrorHandler from "@middy/http-error-handler";
import { H3 } from "h3";
import { Hono } from "hono";
import type { Session } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { createWithSession } from "lambda-sessions/lambda";
import { middySession } from "lambda-sessions/middy";
import { httpApiEvent, lambdaContext } from "lambda-sessions/testing";
import {
  type H3SessionEvent,
  type HonoContext,
  h3Session,
  honoSession,
  type MiddlewareArguments,
  type PowertoolsContext,
  powertoolsSession,
  reactRouterSession,
  webSession,
} from "lambda-sessions/web";
import { createContext, createStaticHandler } from "react-router";
import { expect, test } from "vitest";

interface Data {
  outer: number;
  inner: number;
}

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession<Data>({ sessionInterface, log: () => {} });

const URL = "https://app.example.com/inner";
const BOTH = { outer: 1, inner: 1 };

/** Returns the data of the sessions whose cookies a response sets. */
async function dataOf(cookies: readonly string[]): Promise<unknown[]> {
  const read = webSession(withSession)((_request, session) => Response.json(session));
  const responses = cookies.map((cookie) => read(new Request(URL, { headers: { cookie } })));
  return Promise.all(responses.map(async (response) => (await response).json()));
}

test("Hono's middleware in an application and in a part of it opens one session", async () => {
  const inner = new Hono();
  inner.use(honoSession(withSession));
  inner.get("/", (c: HonoContext<Data>) => {
    c.var.session.set("inner", 1);
    return new Response("hello");
  });
  const app = new Hono();
  app.use(honoSession(withSession));
  app.use(async (c: HonoContext<Data>, next: () => Promise<void>) => {
    c.var.session.set("outer", 1);
    await next();
  });
  app.route("/inner", inner);
  const response = await app.request(URL);
  expect(await dataOf(response.headers.getSetCookie())).toEqual([BOTH]);
});

test("h3's middleware in an application and in a part of it opens one session", async () => {
  const outerSessions = h3Session(withSession);
  const innerSessions = h3Session(withSession);
  const inner = new H3();
  inner.use(innerSessions.middleware);
  inner.get("/", (event: H3SessionEvent) => {
    innerSessions.of(event).set("inner", 1);
    return "hello";
  });
  const app = new H3();
  app.use(outerSessions.middleware);
  app.use((event: H3SessionEvent) => outerSessions.of(event).set("outer", 1) && undefined);
  app.mount("/inner", inner);
  const response = await app.request(URL);
  expect(await dataOf(response.headers.getSetCookie())).toEqual([BOTH]);
});

test("a part of an application of Powertools finds the session with its own sessions", async () => {
  const outerSessions = powertoolsSession(withSession);
  const innerSessions = powertoolsSession(withSession);
  const inner = new Router();
  inner.get("/inner", (context: PowertoolsContext) => {
    innerSessions.of(context).set("inner", 1);
    return "hello";
  });
  const app = new Router();
  app.use(outerSessions.middleware);
  app.use(async ({ reqCtx, next }: { reqCtx: PowertoolsContext; next: () => Promise<void> }) => {
    outerSessions.of(reqCtx).set("outer", 1);
    await next();
  });
  app.includeRouter(inner);
  const handler = outerSessions.handler((event, context) => app.resolve(event, context));
  const { cookies } = await handler(httpApiEvent({ url: URL }), lambdaContext());
  expect(await dataOf(cookies ?? [])).toEqual([BOTH]);
});

test("React Router's middleware in two routes of a page opens one session", async () => {
  const context = createContext();
  const change =
    (name: keyof Data) =>
    ({ context: values }: MiddlewareArguments<Data> & { context: { get(key: object): Session<Data> } }) => {
      values.get(context).set(name, 1);
      return null;
    };
  const middleware = [reactRouterSession(withSession, context)];
  const children = [{ id: "inner", path: "inner", middleware, loader: change("inner") }];
  const { query } = createStaticHandler([
    { id: "outer", path: "/", middleware, loader: change("outer"), children },
  ]);
  const request = new Request(URL);
  const generateMiddlewareResponse = async (load: (request: Request) => Promise<unknown>) => {
    await load(request);
    return new Response("hello");
  };
  for (let visit = 0; visit < 2; visit++) {
    const response = await query(request, { generateMiddlewareResponse });
    expect(await dataOf(response.headers.getSetCookie())).toEqual([BOTH]);
  }
});

test("Middy's middleware around a Middy that has it too opens one session", async () => {
  const inner = middy()
    .use(middySession(withSession))
    .use(httpErrorHandler({ logger: false }))
    .handler((event: { rawPath: string }, { session }: { session: Session<Data> }) => {
      session.set("inner", 1);
      if (event.rawPath === "/fails") throw Object.assign(new Error("teapot"), { statusCode: 418 });
      return { statusCode: 200 };
    });
  const change = (request: { internal: { session: Session<Data> } }) => {
    request.internal.session.set("outer", 1);
  };
  const app = middy().use(middySession(withSession)).use({ before: change }).handler(inner);
  const saved = await app(httpApiEvent(), lambdaContext());
  expect(await dataOf(saved.cookies)).toEqual([BOTH]);
  const failed = await app(httpApiEvent({ url: "/fails" }), lambdaContext());
  expect([failed.statusCode, failed.cookies]).toEqual([418, undefined]);
});
