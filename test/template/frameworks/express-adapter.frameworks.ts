import { gunzipSync } from "node:zlib";
import compression from "compression";
import untypedExpress from "express";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { EVENT_FORMS, type EventForm, type WireResponse } from "lambda-sessions/gateway";
import { createWithSession, requireUser, type WithSession } from "lambda-sessions/lambda";
import { nodeSession } from "lambda-sessions/node";
import type { AdapterUnderTest, Script } from "lambda-sessions/testing";
import untypedServerless from "serverless-http";
import { describe, expect, onTestFinished, test } from "vitest";
import { serve } from "../../shared/adapters/node/node-server.ts";
import { testAdapter } from "../../shared/adapters/web/test-adapter.ts";

// biome-ignore lint/suspicious/noExplicitAny: Express has types of its own, which are not installed
const express = untypedExpress as any;
// biome-ignore lint/suspicious/noExplicitAny: see above
const serverless = untypedServerless as any;

type Request = Parameters<ReturnType<typeof nodeSession>["of"]>[0] & { method: string; body: unknown };

/** The parts of Express's response that the tests use. */
interface Response {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): Response;
  append(name: string, value: string): Response;
  status(statusCode: number): Response;
  type(name: string): Response;
  cookie(name: string, value: string): Response;
  send(body: unknown): Response;
  json(body: unknown): Response;
  redirect(path: string): void;
  sendFile(path: string): void;
  end(body?: unknown): void;
  destroy(): void;
}

type Next = (error?: unknown) => void;

/** Returns an application whose routes all run a script. */
function scripted(withSession: WithSession<Record<string, string>>, script: Script) {
  const sessions = nodeSession(withSession);
  const app = express().disable("x-powered-by").disable("etag");
  app.use(sessions);
  app.use(express.raw({ type: () => true, limit: "10mb" }));
  app.use(async (request: Request, response: Response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const own = await script(sessions.of(request), { method: request.method, body });
    for (const [name, value] of own.headers) response.setHeader(name, value);
    for (const cookie of own.cookies) response.append("set-cookie", cookie);
    response.status(own.statusCode).end(own.body);
  });
  app.use(sessions.onError);
  app.use((_error: unknown, _request: Request, response: Response, _next: Next) => {
    if (response.headersSent) response.destroy();
    else response.status(500).end();
  });
  return app;
}

const server: AdapterUnderTest = {
  name: "Express as a server",
  start: async (withSession, script) => {
    const { send, close } = await serve(scripted(withSession, script));
    return Object.assign(send, { close });
  },
};

describe(server.name, () => {
  testAdapter(server);
});

function functionAdapter(form: EventForm): AdapterUnderTest {
  return {
    name: `Express with serverless-http, ${form.name}`,
    repeatedHeaders: form.repeatedHeaders,
    start: (withSession, script) => {
      const handler = serverless(scripted(withSession, script), { binary: true });
      return (request) => form.invoke(handler, request);
    },
  };
}

/**
 * Cases of several Cookie headers, of which serverless-http passes the last one. No browser sends several.
 */
const SEVERAL_COOKIE_HEADERS = [
  "the session is found in the first of several Cookie headers",
  "the session is found in the last of several Cookie headers",
];

/**
 * Event forms to which serverless-http passes several cookies; it says nothing where there is room for one.
 */
const SERVED = EVENT_FORMS.filter(({ repeatedHeaders }) => repeatedHeaders === "all");

describe.each(SERVED.map(functionAdapter))("$name", (adapter) => {
  testAdapter(adapter, SEVERAL_COOKIE_HEADERS);
});

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession<{ visits: number }>({ sessionInterface, log: () => {} });
const sessions = nodeSession(withSession);

type Handle = (request: Request, response: Response) => unknown;
type Setup = (app: { use(middleware: unknown): void }) => void;

const SETUPS: Readonly<Record<string, Setup>> = {
  "without compression": (app) => app.use(sessions),
  "with compression around the session": (app) => {
    app.use(compression());
    app.use(sessions);
  },
  "with compression inside the session": (app) => {
    app.use(sessions);
    app.use(compression());
  },
};

/** Returns the response of one handler that changes the session first, and the names of its cookies. */
async function respond(setup: Setup, handle: Handle, headers: readonly [string, string][] = []) {
  const app = express();
  const errors: unknown[] = [];
  setup(app);
  app.use(async (request: Request, response: Response) => {
    await sessions.of(request).increment("visits");
    return handle(request, response);
  });
  app.use(sessions.onError);
  app.use((error: unknown, _request: Request, _response: Response, next: Next) => {
    errors.push(error);
    next(error);
  });
  app.set("env", "test");
  const { send, close } = await serve(app);
  onTestFinished(close);
  const response = await send({ headers: [["accept-encoding", "gzip"], ...headers] });
  const cookies = valuesOf(response, "set-cookie").map((cookie) => cookie.split("=", 1).join());
  const [encoding] = valuesOf(response, "content-encoding");
  const body = encoding === "gzip" ? gunzipSync(response.body) : response.body;
  return { response, cookies, errors, body, encoding };
}

function valuesOf({ headers }: WireResponse, name: string): string[] {
  return headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}

const SESSION = "__Host-session";
const FILE = `${import.meta.dirname}/package-lock.json`;

describe.each(Object.entries(SETUPS))("a handler of Express %s", (name, setup) => {
  const isCompressed = name !== "without compression";

  test("a handler of Express sends JSON with its own cookies and the session's", async () => {
    const { response, cookies, body } = await respond(setup, (request, response) => {
      response
        .cookie("own", "1")
        .cookie("other", "2")
        .json({ visits: sessions.of(request).get("visits") });
    });
    expect([response.statusCode, cookies, `${body}`]).toEqual([
      200,
      ["own", "other", SESSION],
      '{"visits":1}',
    ]);
  });

  test("a handler of Express redirects with the session's cookie", async () => {
    const { response, cookies } = await respond(setup, (_request, response) => response.redirect("/next"));
    expect([response.statusCode, cookies]).toEqual([302, [SESSION]]);
  });

  test("a handler of Express sends a file whole, a part of it, and 304, with the session's cookie", async () => {
    const sendFile: Handle = (_request, response) => response.sendFile(FILE);
    const whole = await respond(setup, sendFile);
    expect(`${whole.body}`).toContain("lambda-sessions-frameworks");
    expect([whole.encoding, whole.cookies]).toEqual([isCompressed ? "gzip" : undefined, [SESSION]]);
    const part = await respond(setup, sendFile, [["range", "bytes=0-5"]]);
    expect([part.response.statusCode, part.cookies]).toEqual([206, [SESSION]]);
    const [etag = ""] = valuesOf(whole.response, "etag");
    const same = await respond(setup, sendFile, [["if-none-match", etag]]);
    expect([same.response.statusCode, same.cookies]).toEqual([304, [SESSION]]);
  });

  test("a handler of Express sends a large text with the session's cookie", async () => {
    const text = "lorem ipsum ".repeat(300_000);
    const { body, cookies, encoding } = await respond(setup, (_request, response) => response.send(text));
    expect([body.byteLength, cookies]).toEqual([text.length, [SESSION]]);
    expect(encoding).toBe(isCompressed ? "gzip" : undefined);
  });

  test("a handler of Express saves nothing when it throws, and its error reaches the handlers for errors", async () => {
    const { response, cookies, errors } = await respond(setup, () => {
      throw Object.assign(new Error("teapot"), { status: 418 });
    });
    expect([response.statusCode, cookies]).toEqual([418, []]);
    expect(errors).toMatchObject([{ message: "teapot" }]);
  });

  test("a handler of Express whose session is too large is answered with 413, without its cookies", async () => {
    const { response, cookies, body } = await respond(setup, (request, response) => {
      sessions.of(request).set("visits", "x".repeat(5000) as never);
      response.cookie("own", "1").json({ secret: true });
    });
    expect([response.statusCode, cookies]).toEqual([413, []]);
    expect(`${body}`).toMatch(/nothing was saved/);
  });

  test("a handler of Express is not reached behind a guard, whose redirect has the session's headers", async () => {
    const guard = sessions.guard(requireUser);
    const { response } = await respond(setup, (request, response) =>
      guard(request, response as never, () => response.send("not reached")),
    );
    expect([response.statusCode, valuesOf(response, "location")]).toEqual([303, ["/sign-in?returnTo=%2F"]]);
    expect(valuesOf(response, "vary").join()).toMatch(/Accept, Sec-Fetch-Mode.*Cookie/);
  });
});
