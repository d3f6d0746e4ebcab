import { Readable } from "node:stream";
import { EVENT_FORMS } from "lambda-sessions/gateway";
import { createWithSession } from "lambda-sessions/lambda";
import { middySession, RefusalError } from "lambda-sessions/middy";
import { httpApiEvent } from "lambda-sessions/testing";
import { describe, expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import { type Session, SessionUnavailableError } from "../../../../shared/index.ts";
import { testAdapter } from "../web/test-adapter.ts";
import { middyAdapter } from "./middy-adapter.ts";
import { type Middleware, middlewares } from "./middy-engine.ts";

describe.each(EVENT_FORMS.map((form) => middyAdapter(form, middlewares)))("$name", (adapter) => {
  testAdapter(adapter);
});

const sessionInterface = new SecureCookieSessionInterface({
  keys: ["a secret key of at least 32 bytes, for tests"],
  log: () => {},
});
const withSession = createWithSession({ sessionInterface, log: () => {} });

/** Headers that a middleware for CORS adds to every response, also to that of an error. */
const cors: Middleware = {
  after: ({ response }) => {
    response.headers = { ...response.headers, "access-control-allow-origin": "https://app.example" };
  },
  onError: (request) => {
    if (request.response) cors.after?.(request);
  },
};

type Handler = (event: unknown, context: { session: Session }) => unknown;

// biome-ignore lint/suspicious/noExplicitAny: the tests read many members
type Result = any;

async function call(
  handler: Handler,
  { event = httpApiEvent(), around = [cors], inside = [] as Middleware[] } = {},
): Promise<Result> {
  const app = middlewares();
  for (const middleware of around) app.use(middleware);
  app.use(middySession(withSession));
  for (const middleware of inside) app.use(middleware);
  return app.handler(handler)(event as never, {} as never);
}

const CROSS_SITE = httpApiEvent({ method: "POST", headers: { "sec-fetch-site": "cross-site" } });

describe("middySession", () => {
  test("the session is in the context for handlers and in request.internal for middlewares", async () => {
    let seen: unknown;
    const inside = {
      before: ({ internal }: { internal: { session: Session } }) => {
        seen = internal.session;
      },
    };
    await call(
      (_event, { session }) => {
        expect(session).toBe(seen);
      },
      { inside: [inside] },
    );
    expect(seen).toBeDefined();
  });

  test("the context keeps what Lambda has put there, and a middleware can still set it", async () => {
    let waits = true;
    const context = {
      getRemainingTimeInMillis: () => 1000,
      get callbackWaitsForEmptyEventLoop() {
        return waits;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waits = value;
      },
    };
    const doNotWait: Middleware = {
      before: (request) => {
        request.context.callbackWaitsForEmptyEventLoop = false;
      },
    };
    const app = middlewares().use(middySession(withSession)).use(doNotWait);
    const handler = app.handler((_event, { getRemainingTimeInMillis }) => getRemainingTimeInMillis());
    expect(await handler(httpApiEvent() as never, context as never)).toMatchObject({ body: "1000" });
    expect([waits, Object.keys(context)]).toEqual([
      false,
      ["getRemainingTimeInMillis", "callbackWaitsForEmptyEventLoop"],
    ]);
  });

  test("a refused request runs no handler, and middlewares that were added before see the response", async () => {
    let calls = 0;
    const result = await call(
      () => {
        calls += 1;
      },
      { event: CROSS_SITE },
    );
    expect(calls).toBe(0);
    expect(result).toMatchObject({
      statusCode: 403,
      headers: { "access-control-allow-origin": "https://app.example" },
    });
  });

  test("a request of another site is refused although a middleware has capitalized the headers", async () => {
    const capitalize: Middleware = {
      before: (request) => {
        request.event.headers = { "Sec-Fetch-Site": "cross-site", Accept: "application/json" };
      },
    };
    const result = await call(() => null, { event: CROSS_SITE, around: [capitalize] });
    expect(result.statusCode).toBe(403);
    expect(JSON.parse(result.body)).toMatchObject({ status: 403 });
  });

  test("an error handler that was added later does not replace a refusal", async () => {
    const errors: unknown[] = [];
    const handleErrors: Middleware = {
      onError: (request) => {
        errors.push(request.error);
        request.response = { statusCode: 500 };
      },
    };
    const result = await call(() => null, { event: CROSS_SITE, inside: [handleErrors] });
    expect(result.statusCode).toBe(403);
    expect(errors).toMatchObject([
      { name: "RefusalError", statusCode: 403, expose: true, message: result.body },
    ]);
    expect(errors[0]).toBeInstanceOf(RefusalError);
  });

  test("an error of the session layer that the handler throws is answered with 503", async () => {
    const result = await call(() => {
      throw new SessionUnavailableError("the table is down");
    });
    expect(result).toMatchObject({
      statusCode: 503,
      headers: { "access-control-allow-origin": "https://app.example" },
    });
  });

  test("the handler's own error passes on unchanged, and nothing is saved", async () => {
    const kept: Session[] = [];
    await expect(
      call((_event, { session }) => {
        kept.push(session);
        session.set("user", "Ada");
        throw new RangeError("mine");
      }),
    ).rejects.toThrow(new RangeError("mine"));
    expect(() => kept[0]?.set("user", "Eve")).toThrow("the session was saved before this change");
  });

  test("an error of a middleware that was added earlier passes on after the session was saved", async () => {
    const failing: Middleware = {
      after: () => {
        throw new RangeError("mine");
      },
    };
    const respond: Handler = (_event, { session }) => session.set("user", "Ada");
    await expect(call(respond, { around: [failing] })).rejects.toThrow(new RangeError("mine"));
  });

  test("the response of an error handler has no session cookie", async () => {
    const handleErrors: Middleware = {
      onError: (request) => {
        request.response = { statusCode: 418 };
      },
    };
    const handler: Handler = (_event, { session }) => {
      session.set("user", "Ada");
      throw new RangeError("mine");
    };
    for (const options of [{ around: [handleErrors] }, { inside: [handleErrors] }]) {
      const result = await call(handler, options);
      expect([result.statusCode, result.cookies]).toEqual([418, undefined]);
    }
  });

  test.each([
    ["is private if the session was used", true, {}, "private, no-cache"],
    ["keeps its own Cache-Control", true, { "Cache-Control": "no-store" }, "no-store"],
    ["has no Cache-Control if the session was not used", false, {}, undefined],
  ])("the response of an error handler %s", async (_, uses, headers, expected) => {
    const handleErrors: Middleware = {
      onError: (request) => {
        request.response = { statusCode: 404, headers: { ...headers } };
      },
    };
    const handler: Handler = (_event, { session }) => {
      if (uses) session.get("user");
      throw new RangeError("mine");
    };
    const { headers: sent } = await call(handler, { inside: [handleErrors] });
    expect(sent["cache-control"] ?? sent["Cache-Control"]).toBe(expected);
    expect(sent.vary).toBe(uses ? "Cookie" : undefined);
  });

  test.each([
    ["a string", "Please try again.", "Please try again."],
    ["data without a status", { problem: "no such order" }, '{"problem":"no such order"}'],
  ])(
    "%s that an error handler has made the response becomes JSON, as a handler's",
    async (_kind, own, body) => {
      const handleErrors: Middleware = {
        onError: (request) => {
          request.response = own;
        },
      };
      const handler: Handler = (_event, { session }) => {
        session.get("user");
        throw new RangeError("mine");
      };
      expect(await call(handler, { around: [], inside: [handleErrors] })).toEqual({
        statusCode: 200,
        headers: { "content-type": "application/json", "cache-control": "private, no-cache", vary: "Cookie" },
        body,
      });
    },
  );

  test("no method of data is called when its JSON is sent, such as one that deletes a row of a database", async () => {
    let deleted = 0;
    const row = { title: "order", destroy: () => ++deleted };
    const result = await call(() => ({ body: row }));
    expect([JSON.parse(result.body ?? ""), deleted]).toEqual([{ body: { title: "order" } }, 0]);
  });

  test("a session that is too large is answered with 413, and a stream of the response is destroyed", async () => {
    const streams = [
      new Readable({ read() {} }),
      new ReadableStream({
        cancel: () => {
          cancelled = true;
        },
      }),
    ];
    let cancelled = false;
    for (const body of streams) {
      const result = await call((_event, { session }) => {
        session.set("user", "a".repeat(5000));
        return { statusCode: 200, body };
      });
      expect(result.statusCode).toBe(413);
    }
    expect([(streams[0] as Readable).destroyed, cancelled]).toEqual([true, true]);
  });

  test("a refusal replaces a stream that something else is reading, without an unhandled rejection", async () => {
    const body = new ReadableStream();
    body.getReader();
    const result = await call((_event, { session }) => {
      session.set("user", "a".repeat(5000));
      return { statusCode: 200, body };
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(result.statusCode).toBe(413);
  });

  test("a result without a status becomes JSON, as with withSession", async () => {
    const result = await call((_event, { session }) => {
      session.set("user", "Ada");
      return { hello: session.get("user") };
    });
    expect(result).toMatchObject({ statusCode: 200, body: '{"hello":"Ada"}', cookies: [expect.any(String)] });
  });

  test("a change in a middleware that was added later is saved", async () => {
    const count: Middleware = { after: ({ internal }) => internal.session.set("after", 1) && undefined };
    const result = await call(() => null, { inside: [count] });
    expect(result.cookies).toHaveLength(1);
  });

  test("`after` without `before` is an error that says so", async () => {
    const { after } = middySession(withSession);
    const app = middlewares()
      .use({ after })
      .handler(() => null);
    await expect(app(httpApiEvent() as never, {} as never)).rejects.toThrow("no `before`");
  });

  test("an error of saving is thrown, because no response was made", async () => {
    const broken = {
      open: sessionInterface.open.bind(sessionInterface),
      save: () => Promise.reject(new TypeError("broken")),
    };
    const app = middlewares()
      .use(middySession(createWithSession({ sessionInterface: broken })))
      .handler(() => null);
    await expect(app(httpApiEvent() as never, {} as never)).rejects.toThrow(new TypeError("broken"));
  });
});
