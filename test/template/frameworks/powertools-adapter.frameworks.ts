import { Router } from "@aws-lambda-powertools/event-handler/http";
import { SessionUnavailableError } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { EVENT_FORMS, type EventForm } from "lambda-sessions/gateway";
import { createWithSession, type HttpEvent, requireUser } from "lambda-sessions/lambda";
import {
  type AdapterUnderTest,
  httpApiEvent,
  lambdaContext,
  type ScriptedResponse,
} from "lambda-sessions/testing";
import { type PowertoolsContext, powertoolsSession, runGuard } from "lambda-sessions/web";
import { describe, expect, test } from "vitest";
import { testCases, testRandomResponses } from "../../shared/adapters/web/test-adapter.ts";

/** The context of Powertools, as the tests use it. */
interface RequestContext extends PowertoolsContext {
  readonly event: HttpEvent;
  readonly req: Request;
  isBase64Encoded?: boolean;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Ways in which a route of Powertools sets its headers. */
const STYLES: Readonly<Record<string, (reqCtx: RequestContext, own: ScriptedResponse) => object>> = {
  "a result": (_reqCtx, { statusCode, headers, cookies, body }) => ({
    statusCode,
    headers: Object.fromEntries(headers),
    cookies,
    body: [204, 304].includes(statusCode) ? undefined : toBody(body),
  }),
  "reqCtx.res and a Response": ({ res }, { statusCode, headers, cookies, body }) => {
    for (const [name, value] of headers) res.headers.set(name, value);
    for (const cookie of cookies) res.headers.append("set-cookie", cookie);
    const isEmpty = [204, 304].includes(statusCode);
    const response = new Response(isEmpty ? null : Uint8Array.from(Buffer.from(body)), {
      status: statusCode,
    });
    response.headers.delete("content-type");
    return response;
  },
};

function toBody(body: string | Buffer): string | ArrayBuffer {
  return typeof body === "string" ? body : Uint8Array.from(body).buffer;
}

/** Returns an adapter that responds in these styles by turns. */
function powertoolsAdapter(form: EventForm, styles: readonly string[]): AdapterUnderTest {
  let turn = 0;
  const styleOf = () => STYLES[styles[turn++ % styles.length] ?? ""];
  return {
    name: `Powertools responds with ${styles.join(" or ")}, ${form.name}`,
    repeatedHeaders: form.repeatedHeaders,
    start: (withSession, script) => {
      const sessions = powertoolsSession(withSession);
      const app = new Router();
      app.use(sessions.middleware);
      app.route(
        async (reqCtx: RequestContext) => {
          const { body, isBase64Encoded } = reqCtx.event;
          const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
          const own = await script(sessions.of(reqCtx), { method: reqCtx.req.method, body: bytes });
          reqCtx.isBase64Encoded = typeof own.body !== "string";
          return styleOf()?.(reqCtx, own);
        },
        { method: METHODS, path: /.*/ },
      );
      const handler = sessions.handler((event, context) => app.resolve(event, context));
      return (request) => form.invoke(handler, request);
    },
  };
}

const styles = Object.keys(STYLES);

describe.each(EVENT_FORMS.flatMap((form) => styles.map((style) => powertoolsAdapter(form, [style]))))(
  "$name",
  (adapter) => {
    testCases(adapter);
  },
);

describe("random responses, in all styles by turns", () => {
  for (const form of EVENT_FORMS) testRandomResponses(powertoolsAdapter(form, styles));
});

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession<{ user: string }>({ sessionInterface, log: () => {} });
const LOGGER = { debug() {}, info() {}, warn() {}, error() {} };

/** Returns the result of an application of one route that changes the session first. */
async function respond(route: () => unknown) {
  const sessions = powertoolsSession(withSession);
  const app = new Router({ logger: LOGGER });
  app.use(sessions.middleware);
  app.get("/", (reqCtx: RequestContext) => {
    sessions.of(reqCtx).set("user", "Ada");
    return route();
  });
  return sessions.handler((event, context) => app.resolve(event, context))(httpApiEvent(), lambdaContext());
}

describe("a route of Powertools that throws", () => {
  test("an error is answered by Powertools, and nothing is saved", async () => {
    const { statusCode, cookies, headers } = await respond(() => {
      throw new Error("broken");
    });
    expect([statusCode, cookies]).toEqual([500, undefined]);
    expect(headers).toMatchObject({ "cache-control": "private, no-cache", vary: "Cookie" });
  });

  test("an HttpError is answered by Powertools with its status, and nothing is saved", async () => {
    const { BadRequestError } = await import("@aws-lambda-powertools/event-handler/http");
    const { statusCode, cookies } = await respond(() => {
      throw new BadRequestError("which one?");
    });
    expect([statusCode, cookies]).toEqual([400, undefined]);
  });

  test("an error of the session layer is answered with 503", async () => {
    const { statusCode, headers } = await respond(() => Promise.reject(new SessionUnavailableError("down")));
    expect([statusCode, headers?.["retry-after"]]).toEqual([503, "1"]);
  });
});

describe("an application of Powertools", () => {
  test("a route that does not exist is answered by Powertools with 404", async () => {
    const sessions = powertoolsSession(withSession);
    const app = new Router({ logger: LOGGER });
    app.use(sessions.middleware);
    const handler = sessions.handler((event, context) => app.resolve(event, context));
    expect(await handler(httpApiEvent(), lambdaContext())).toMatchObject({ statusCode: 404 });
  });

  test("a guard of the session layer protects a route", async () => {
    const sessions = powertoolsSession(withSession);
    const app = new Router();
    app.use(sessions.middleware);
    const guard = async ({ reqCtx, next }: { reqCtx: RequestContext; next: () => Promise<void> }) =>
      (await runGuard(requireUser, sessions.of(reqCtx))) ?? next();
    app.get("/account", [guard], () => "for users");
    const handler = sessions.handler((event, context) => app.resolve(event, context));
    const { statusCode, headers } = await handler(httpApiEvent({ url: "/account" }), lambdaContext());
    expect([statusCode, headers?.location]).toEqual([303, "/sign-in?returnTo=%2Faccount"]);
  });

  test("one event that is sent many times in parallel opens a session of its own for each request", async () => {
    const sessions = powertoolsSession(withSession);
    const app = new Router();
    app.use(sessions.middleware);
    const seen = new Set<object>();
    app.get("/", async (reqCtx: RequestContext) => {
      await new Promise(setImmediate);
      seen.add(sessions.of(reqCtx));
      return {};
    });
    const handler = sessions.handler((event, context) => app.resolve(event, context));
    const event = httpApiEvent();
    await Promise.all(Array.from({ length: 20 }, () => handler(event, lambdaContext())));
    expect(seen.size).toBe(20);
  });

  test("without the handler or the middleware, the error names what is missing", async () => {
    const sessions = powertoolsSession(withSession);
    const messages: string[] = [];
    const start = () => {
      const app = new Router({ logger: LOGGER });
      app.errorHandler(Error, async (error: Error) => {
        messages.push(error.message);
        return { statusCode: 500 };
      });
      app.get("/", (reqCtx: RequestContext) => ({ user: sessions.of(reqCtx).get("user") }));
      return app;
    };
    const withoutHandler = start();
    withoutHandler.use(sessions.middleware);
    await withoutHandler.resolve(httpApiEvent(), lambdaContext());
    const withoutMiddleware = start();
    const handler = sessions.handler((event, context) => withoutMiddleware.resolve(event, context));
    await handler(httpApiEvent(), lambdaContext());
    const named = ["sessions.handler(", "app.use(sessions.middleware)"];
    expect(messages).toEqual(named.map((name) => expect.stringContaining(name)));
  });

  test("a session that is too large is answered with 413", async () => {
    const sessions = powertoolsSession(withSession);
    const app = new Router();
    app.use(sessions.middleware);
    app.get("/", (reqCtx: RequestContext) => {
      sessions.of(reqCtx).set("user", "x".repeat(5000));
      return { statusCode: 200, body: "saved", cookies: ["theme=dark"] };
    });
    const handler = sessions.handler((event, context) => app.resolve(event, context));
    const { statusCode, cookies } = await handler(httpApiEvent(), lambdaContext());
    expect([statusCode, cookies]).toEqual([413, undefined]);
  });
});
