import { Router } from "@aws-lambda-powertools/event-handler/http";
import { cors } from "@aws-lambda-powertools/event-handler/http/middleware";
import untypedExpress from "express";
import untypedFastify from "fastify";
import { Hono } from "hono";
import type { Session } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { withCors } from "lambda-sessions/cors";
import { EVENT_FORMS, type WireResponse } from "lambda-sessions/gateway";
import { createWithSession, type WithSession } from "lambda-sessions/lambda";
import { nodeSession } from "lambda-sessions/node";
import {
  type HonoContext,
  honoSession,
  type PowertoolsContext,
  powertoolsSession,
  type SessionVariables,
} from "lambda-sessions/web";
import { describe, expect, onTestFinished, test } from "vitest";
import { serve } from "../../shared/adapters/node/node-server.ts";

interface Data {
  text: string;
}

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession<Data>({ sessionInterface, log: () => {} });
const TOO_LARGE = "x".repeat(5000);
const APP = "https://app.example.com";

function valuesOf({ headers }: WireResponse, name: string): string[] {
  return headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}

describe("Powertools with its cors and with a withSession that withCors is part of", () => {
  const open: WithSession<Data> = (handler) => withCors(withSession(handler), { trustedOrigins: [APP] });
  const sessions = powertoolsSession(open);
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const app = new Router({ logger });
  app.use(sessions.middleware);
  app.use(cors({ origin: APP, credentials: true }));
  app.get("/own", (context: PowertoolsContext) => sessions.of(context).set("text", "own").size);
  app.get("/error", () => Promise.reject(new Error("broken")));
  app.get("/large", (context: PowertoolsContext) => sessions.of(context).set("text", TOO_LARGE).size);
  const handler = sessions.handler((event, context) => app.resolve(event, context));

  test.each(EVENT_FORMS)("scripts of another origin can read all responses of a $name", async (form) => {
    const send = (method: string, path: string, ...headers: [string, string][]) => {
      const lines = [["Origin", APP], ...headers] as const;
      return form.invoke(handler, { method, path, queryString: "", headers: lines, body: Buffer.alloc(0) });
    };
    const responses = [
      await send("GET", "/own"),
      await send("GET", "/error"),
      await send("GET", "/large"),
      await send("POST", "/own", ["Sec-Fetch-Site", "cross-site"]),
      await send("OPTIONS", "/own", ["Access-Control-Request-Method", "GET"]),
    ];
    expect(responses.map(({ statusCode }) => statusCode)).toEqual([200, 500, 413, 403, 204]);
    for (const response of responses) {
      expect(valuesOf(response, "access-control-allow-origin")).toEqual([APP]);
      expect(valuesOf(response, "access-control-allow-credentials")).toEqual(["true"]);
    }
  });
});

test("a refusal in Hono has what an earlier middleware sets after `next`, and not what it sets before", async () => {
  const app = new Hono();
  app.use(async (c: { header(name: string, value: string): void }, next: () => Promise<void>) => {
    c.header("x-before", "1");
    await next();
    c.header("x-after", "1");
  });
  app.use(honoSession(withSession));
  app.get("/", ({ var: { session } }: HonoContext<Data> & { var: SessionVariables<Data> }) => {
    session.set("text", TOO_LARGE);
    return new Response("saved");
  });
  const { status, headers }: Response = await app.request("/");
  expect([status, headers.get("x-before"), headers.get("x-after")]).toEqual([413, null, "1"]);
});

describe("a message that code for errors leaves in the session", () => {
  // biome-ignore lint/suspicious/noExplicitAny: both have types of their own, which are not installed
  type Any = any;
  const sessions = nodeSession(withSession);
  const fail = () => {
    throw new Error("broken");
  };
  const redirect = (request: { session: Session<Data> }, response: Any) => {
    request.session.flash("Sorry.");
    response.redirect("/");
  };
  const onError = (_error: Error, request: Any, response: Any, _next: unknown) => redirect(request, response);

  async function cookiesOf(...handlersForErrors: unknown[]): Promise<number> {
    const app = (untypedExpress as Any)().use(sessions).get("/", fail);
    for (const handler of handlersForErrors) app.use(handler);
    const { send, close } = await serve(app);
    onTestFinished(close);
    const response = await send();
    expect(response.statusCode).toBe(302);
    return valuesOf(response, "set-cookie").length;
  }

  test("in Express a change of a handler for errors is saved before sessions.onError, and lost after it", async () => {
    expect(await cookiesOf(onError, sessions.onError)).toBe(1);
    expect(await cookiesOf(sessions.onError, onError)).toBe(0);
  });

  test("in Fastify a change of a handler for errors is lost", async () => {
    const app = (untypedFastify as Any)();
    app.addHook("onRequest", sessions);
    app.addHook("onError", (request: Any, _reply: unknown, error: Error, done: () => void) => {
      sessions.fail(request, error);
      done();
    });
    app.setErrorHandler((_error: Error, request: Any, reply: Any) => redirect(request, reply));
    app.get("/", fail);
    const { statusCode, headers } = await app.inject("/");
    expect([statusCode, headers["set-cookie"]]).toEqual([302, undefined]);
  });
});
