import { Readable, Writable } from "node:stream";
import middy from "@middy/core";
import { executionModeStreamifyResponse } from "@middy/core/StreamifyResponse";
import httpCors from "@middy/http-cors";
import httpErrorHandler from "@middy/http-error-handler";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { EVENT_FORMS } from "lambda-sessions/gateway";
import { createWithSession } from "lambda-sessions/lambda";
import { middySession } from "lambda-sessions/middy";
import { httpApiEvent, lambdaContext } from "lambda-sessions/testing";
import { describe, expect, test, vi } from "vitest";
import { middyAdapter } from "../../shared/adapters/middy/middy-adapter.ts";
import { testAdapter } from "../../shared/adapters/web/test-adapter.ts";

describe.each(EVENT_FORMS.map((form) => middyAdapter(form, middy)))("$name", (adapter) => {
  testAdapter(adapter);
});

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession({ sessionInterface, log: () => {} });

/** Returns a handler behind the middlewares for CORS and for errors. */
function application(handler: (event: unknown, context: { session: typeof Object }) => unknown) {
  return middy()
    .use(httpCors({ origin: "https://app.example", credentials: true }))
    .use(middySession(withSession))
    .use(httpErrorHandler({ logger: false }))
    .handler(handler);
}

describe("middlewares of Middy around the session", () => {
  test("a refused request has the headers for CORS and the refusal's own body", async () => {
    const event = httpApiEvent({
      method: "POST",
      headers: { "sec-fetch-site": "cross-site", accept: "application/json" },
    });
    const result = await application(() => null)(event, lambdaContext());
    expect(result).toMatchObject({
      statusCode: 403,
      headers: {
        "content-type": "application/problem+json",
        "Access-Control-Allow-Origin": "https://app.example",
      },
    });
    expect(JSON.parse(result.body)).toMatchObject({ status: 403 });
  });

  test("an HTTP error that a handler throws is answered by the middleware for errors, without a cookie", async () => {
    const handler = application((_event, { session }) => {
      (session as unknown as Map<string, string>).set("user", "Ada");
      throw Object.assign(new Error("teapot"), { statusCode: 418 });
    });
    const result = await handler(httpApiEvent(), lambdaContext());
    expect([result.statusCode, result.body, result.cookies]).toEqual([418, "teapot", undefined]);
  });
});

describe("a streamed response of Middy", () => {
  /** Returns the prelude and the body that a function sends to Lambda's response stream. */
  async function stream(visits: unknown) {
    const sent = { prelude: {} as Record<string, unknown>, body: "" };
    const responseStream = new Writable({
      write: (chunk, _encoding, callback) => {
        sent.body += chunk;
        callback();
      },
    });
    vi.stubGlobal("awslambda", {
      streamifyResponse: (handler: unknown) => handler,
      HttpResponseStream: {
        from: (_stream: Writable, prelude: Record<string, unknown>) => {
          sent.prelude = prelude;
          return responseStream;
        },
      },
    });
    const body = Readable.from(["first ", "last"]);
    const handler = middy({ executionMode: executionModeStreamifyResponse })
      .use(middySession(withSession))
      .handler((_event: unknown, { session }: { session: Map<string, unknown> }) => {
        session.set("visits", visits);
        return { statusCode: 200, headers: { "content-type": "text/plain" }, body };
      });
    await handler(httpApiEvent(), responseStream, lambdaContext());
    return { ...sent, isDestroyed: body.destroyed };
  }

  test("a streamed response of Middy has the session's cookie in its prelude", async () => {
    const { prelude, body } = await stream(1);
    expect(prelude).toMatchObject({ statusCode: 200, cookies: [expect.stringContaining("__Host-session=")] });
    expect(body).toBe("first last");
  });

  test("a refusal replaces a streamed response of Middy, whose stream is destroyed", async () => {
    const { prelude, body, isDestroyed } = await stream("x".repeat(5000));
    expect([prelude.statusCode, prelude.cookies, isDestroyed]).toEqual([413, undefined, true]);
    expect(body).toMatch(/nothing was saved/);
  });
});
