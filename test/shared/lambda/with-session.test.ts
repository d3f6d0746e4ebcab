import type { APIGatewayProxyEvent } from "aws-lambda";
import { describe, expect, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import type { RequestRecord } from "../../../shared/lambda/request-log.ts";
import {
  createWithSession,
  type SessionHandler,
  type WithSessionOptions,
} from "../../../shared/lambda/with-session.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import {
  SessionConflictError,
  SessionLimitError,
  SessionTooLargeError,
  SessionUnavailableError,
} from "../../../shared/session/session-errors.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Browser } from "../../../shared/testing/browser.ts";
import {
  functionUrlEvent,
  httpApiEvent,
  lambdaContext,
  restApiEvent,
} from "../../../shared/testing/events.ts";
import { LogCollector } from "../../../shared/testing/log-collector.ts";
import { EchoSessionInterface } from "./echo-session-interface.ts";

interface Data {
  visits: number;
  text: string;
}

const KEY = "a secret key of at least 32 bytes, for tests";
const COOKIE = "__Host-session=xyz";

function setUp(options: Partial<WithSessionOptions> = {}) {
  const log = new LogCollector<RequestRecord>();
  const sessionInterface = new EchoSessionInterface({ vary: true, setCookie: COOKIE });
  const withSession = createWithSession<Data>({ sessionInterface, log: log.log, ...options });
  return { log, sessionInterface, withSession };
}

describe("a handler with a session", () => {
  test("a handler gets event, session and context, and its result gets the cookie", async () => {
    const { withSession, sessionInterface } = setUp();
    const handler = vi.fn<SessionHandler<Data, never>>(() => ({ statusCode: 201, body: "made" }));
    const [event, context] = [httpApiEvent({ headers: { cookie: "a=1" } }), lambdaContext()];
    expect(await withSession(handler)(event as never, context)).toEqual({
      statusCode: 201,
      headers: { vary: "Cookie", "cache-control": "no-store" },
      body: "made",
      cookies: [COOKIE],
    });
    expect(handler.mock.calls).toEqual([[event, sessionInterface.saved[0], context]]);
    expect(sessionInterface.opened[0]?.cookies).toEqual(["a=1"]);
  });

  test.each<[string, unknown, body: string]>([
    ["a string", "hello", "hello"],
    ["a value", { visits: 1 }, '{"visits":1}'],
    ["nothing", undefined, "null"],
  ])("a handler may return %s, as it is or as a promise", async (_name, result, body) => {
    const { withSession } = setUp();
    for (const handler of [() => result, async () => result] as SessionHandler<Data, never>[]) {
      const response = await withSession(handler)(httpApiEvent() as never, lambdaContext());
      expect(response).toMatchObject({ statusCode: 200, body, cookies: [COOKIE] });
    }
  });

  test("the last change of an asynchronous handler is saved", async () => {
    const { withSession, sessionInterface } = setUp();
    const handler = withSession(async (_event, session) => {
      await Promise.resolve();
      session.set("visits", 7);
      return "done";
    });
    await handler(httpApiEvent(), lambdaContext());
    expect(sessionInterface.saved[0]?.get("visits")).toBe(7);
  });

  test("the result of a handler for payload 1.0 carries the cookie in multiValueHeaders", async () => {
    const { withSession } = setUp();
    const handler = withSession<APIGatewayProxyEvent>((event) => ({
      statusCode: 200,
      body: event.httpMethod,
    }));
    const response = await handler(restApiEvent(), lambdaContext());
    expect(response).toMatchObject({ body: "GET", multiValueHeaders: { "set-cookie": [COOKIE] } });
  });

  test.each(["2.0", "1.0"] as const)(
    "a session follows a browser from request to request, payload %s",
    async (payload) => {
      const sessionInterface = new SecureCookieSessionInterface({ keys: [KEY] });
      const withSession = createWithSession<Data>({ sessionInterface });
      const visits = withSession(async (_event, session) => ({ visits: await session.increment("visits") }));
      const text =
        payload === "1.0" ? withSession(() => ({ statusCode: 200, body: "" })) : withSession(() => "");
      const browser = new Browser({ "GET /visits": visits, "GET /": text }, { payload });
      for (const count of [1, 2, 3]) expect((await browser.get("/visits")).json()).toEqual({ visits: count });
      expect((await browser.get("/")).cookies).toEqual([]);
    },
  );

  test("a function URL finds its session again", async () => {
    const withSession = createWithSession<Data>({
      sessionInterface: new SecureCookieSessionInterface({ keys: [KEY] }),
    });
    const handler = withSession(async (_event, session) => `${await session.increment("visits")}`);
    const { cookies: [cookie = ""] = [] } = await handler(functionUrlEvent(), lambdaContext());
    const again = functionUrlEvent({ headers: { cookie: cookie.split(";")[0] as string } });
    expect((await handler(again, lambdaContext())).body).toBe("2");
  });
});

describe("a handler that throws", () => {
  test.each<[string, SessionHandler<Data, never>]>([
    [
      "synchronously",
      (_event, session) => {
        session.set("visits", 1);
        throw new TypeError("broken");
      },
    ],
    [
      "after a promise",
      async (_event, session) => {
        session.set("visits", 1);
        throw new TypeError("broken");
      },
    ],
  ])("a handler that throws %s saves nothing, and Lambda reports its error", async (_when, broken) => {
    const { withSession, sessionInterface, log } = setUp();
    const running = withSession(broken)(httpApiEvent() as never, lambdaContext());
    await expect(running).rejects.toThrow(new TypeError("broken"));
    expect(sessionInterface.saved).toEqual([]);
    expect(log.records).toEqual([]);
  });
});

describe("a session that cannot be saved", () => {
  const tooLarge = new SessionTooLargeError(5000, 4096, [{ key: "text", bytes: 4800 }]);
  const unavailable = new SessionUnavailableError("the table failed", {
    cause: new Error("no answer", { cause: new TypeError("ECONNRESET") }),
  });

  async function fail(error: Error) {
    const { withSession, log } = setUp({ sessionInterface: new EchoSessionInterface(error) });
    const handler = withSession(() => ({
      statusCode: 200,
      headers: { "x-own": "1" },
      body: "Saved!",
      cookies: ["a=1"],
    }));
    return { response: await handler(httpApiEvent(), lambdaContext()), log };
  }

  test("a session that is too large is answered with 413, and the handler's answer is dropped", async () => {
    const { response, log } = await fail(tooLarge);
    expect(response).toEqual({
      statusCode: 413,
      headers: { "content-type": "text/plain; charset=utf-8", vary: "Accept" },
      body: expect.stringContaining("nothing was saved"),
    });
    expect(log.records).toEqual([
      {
        level: "ERROR",
        event: "session_too_large",
        message: expect.stringContaining("text (4800 bytes)"),
      },
    ]);
  });

  test("a session whose store fails is answered with 503 and Retry-After", async () => {
    const { response, log } = await fail(unavailable);
    expect(response).toEqual({
      statusCode: 503,
      headers: { "content-type": "text/plain; charset=utf-8", vary: "Accept", "retry-after": "1" },
      body: expect.stringContaining("try again"),
    });
    expect(log.records).toEqual([
      {
        level: "ERROR",
        event: "session_unavailable",
        message: "the table failed",
        cause: "Error: no answer; TypeError: ECONNRESET",
      },
    ]);
  });

  test.each<["ended" | "renewed", body: string]>([
    ["ended", "Your session ended"],
    ["renewed", "Please try again"],
  ])("a session that was %s meanwhile is answered with 409 and its Set-Cookie", async (reason, body) => {
    const setCookie = "__Host-session=; Max-Age=0";
    const { response, log } = await fail(new SessionConflictError(reason, { setCookie, vary: true }));
    expect(response).toEqual({
      statusCode: 409,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        vary: "Accept, Cookie",
        "cache-control": "no-store",
      },
      body: expect.stringContaining(body),
      cookies: [setCookie],
    });
    expect(response.body).toContain("nothing was saved");
    expect(log.records).toEqual([]);
  });

  test("a session that was renewed meanwhile keeps its cookie when the error has no Set-Cookie", async () => {
    const { response } = await fail(new SessionConflictError("renewed", { vary: true }));
    expect(response).toMatchObject({ statusCode: 409, headers: { vary: "Accept, Cookie" } });
    expect(response).not.toHaveProperty("cookies");
  });

  test("a session beyond the user's limit is answered with 403 and a sentence that says what to do", async () => {
    const { response } = await fail(new SessionLimitError(5));
    expect(response).toEqual({
      statusCode: 403,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        vary: "Accept, Cookie",
        "cache-control": "private, no-cache",
      },
      body: "You are signed in 5 times, which is the most. Sign out elsewhere first.\n",
    });
  });

  test.each(["2.0", "1.0"] as const)(
    "a session that ended meanwhile loses its cookie in the browser, payload %s",
    async (payload) => {
      const log = new LogCollector();
      const sessionInterface = new ServerSideSessionInterface({
        keys: [KEY],
        store: new MemoryStore(),
        log: log.log,
      });
      const withSession = createWithSession<Data>({ sessionInterface, log: log.log });
      let meanwhile = async (): Promise<unknown> => undefined;
      const answer = (body: string) => ({ statusCode: 200, body });
      const visits = withSession(async (_event, session) => {
        await meanwhile();
        return answer(`${await session.increment("visits")}`);
      });
      const text = withSession(async (_event, session) => {
        await meanwhile();
        return answer(`${session.set("text", "x").size}`);
      });
      const end = withSession((_event, session) => answer(`${session.clear()}`));
      const browser = new Browser<Data>(
        { "GET /visits": visits, "GET /text": text, "POST /end": end },
        { sessionInterface, payload },
      );
      for (const path of ["/visits", "/text"]) {
        meanwhile = async () => undefined;
        expect((await browser.get("/visits")).status).toBe(200);
        meanwhile = async () => browser.post("/end");
        const response = await browser.get(path);
        expect([response.status, response.cookies]).toEqual([
          409,
          [expect.stringMatching(/^__Host-session=; Max-Age=0/)],
        ]);
        expect(response.headers.get("cache-control")).toBe("no-store");
        expect(browser.jar.header("https://app.example.com/")).toBeUndefined();
      }
    },
  );

  test("an unknown error while saving is left to Lambda", async () => {
    await expect(fail(new RangeError("unknown"))).rejects.toThrow(new RangeError("unknown"));
  });

  test("a value that changed into one that cannot be stored is an error that names its path", async () => {
    const sessionInterface = new SecureCookieSessionInterface({ keys: [KEY] });
    const withSession = createWithSession<{ list: number[] }>({ sessionInterface });
    const handler = withSession((_event, session) => {
      const list: number[] = [1];
      session.set("list", list);
      list.push((() => {}) as never);
      return "done";
    });
    await expect(handler(httpApiEvent(), lambdaContext())).rejects.toThrow(
      expect.objectContaining({ name: "UnstorableValueError", path: "list[1]" }),
    );
  });

  test("a session that is too large leaves the cookie as it was, and no value in the log", async () => {
    const log = new LogCollector<RequestRecord>();
    const sessionInterface = new SecureCookieSessionInterface({ keys: [KEY] });
    const withSession = createWithSession<Data>({ sessionInterface, log: log.log });
    const grow = withSession((event, session) => {
      session.set("text", "secret ".repeat(Number(event.queryStringParameters?.times)));
      return "grown";
    });
    const browser = new Browser<Data>({ "GET /grow": grow }, { sessionInterface });
    expect((await browser.get("/grow?times=1")).status).toBe(200);
    const response = await browser.get("/grow?times=1000");
    expect([response.status, response.cookies]).toEqual([413, []]);
    expect(await browser.editSession((session) => session.get("text"))).toBe("secret ");
    expect(log.text).not.toContain("secret ");
  });
});

test.each<[error: Error, status: number, title: string, detail: RegExp]>([
  [new SessionTooLargeError(5000, 4096, []), 413, "Content Too Large", /nothing was saved\.$/],
  [new SessionUnavailableError("the table failed"), 503, "Service Unavailable", /try again\.$/],
  [new SessionConflictError("ended", { vary: true }), 409, "Conflict", /^Your session ended/],
  [new SessionLimitError(5), 403, "Forbidden", /^You are signed in 5 times/],
])("a client that prefers JSON gets problem details for %s", async (error, status, title, detail) => {
  const { withSession } = setUp({ sessionInterface: new EchoSessionInterface(error) });
  const event = httpApiEvent({ headers: { accept: "application/json" } });
  const { statusCode, headers, body = "" } = await withSession(() => "done")(event, lambdaContext());
  expect([statusCode, headers]).toMatchObject([status, { "content-type": "application/problem+json" }]);
  expect(JSON.parse(body)).toEqual({
    type: "about:blank",
    title,
    status,
    detail: expect.stringMatching(detail),
  });
});

test("a client that prefers JSON gets problem details for a request from another site", async () => {
  const headers = { "sec-fetch-site": "cross-site", accept: "application/json" };
  const response = await setUp().withSession(() => "never")(
    httpApiEvent({ method: "POST", headers }),
    lambdaContext(),
  );
  expect(JSON.parse(response.body ?? "")).toEqual({
    type: "about:blank",
    title: "Forbidden",
    status: 403,
    detail: "This request came from another site, so it was refused.",
  });
});

test("a request is answered with 503 before the handler runs when the keys cannot be read", async () => {
  const keys = () => Promise.reject(new Error("no secret"));
  const { withSession } = setUp({ sessionInterface: new SecureCookieSessionInterface({ keys }) });
  const handler = vi.fn(() => "never");
  expect(await withSession(handler)(httpApiEvent(), lambdaContext())).toMatchObject({ statusCode: 503 });
  expect(handler).not.toHaveBeenCalled();
});

describe("a request from another site", () => {
  const foreign = httpApiEvent({
    method: "POST",
    headers: { "sec-fetch-site": "cross-site", cookie: "a=1" },
  });

  test("a request from another site is refused with 403 and logged, and neither session nor handler runs", async () => {
    const { withSession, sessionInterface, log } = setUp();
    const handler = vi.fn(() => "never");
    expect(await withSession(handler)(foreign, lambdaContext())).toEqual({
      statusCode: 403,
      headers: { "content-type": "text/plain; charset=utf-8", vary: "Accept" },
      body: expect.stringContaining("another site"),
    });
    expect([handler.mock.calls, sessionInterface.opened]).toEqual([[], []]);
    expect(log.records).toEqual([{ level: "WARN", event: "request_refused", reason: "cross_origin" }]);
  });

  test("a request from a trusted origin is answered", async () => {
    const { withSession } = setUp({ trustedOrigins: ["https://partner.example"] });
    const event = httpApiEvent({
      method: "POST",
      headers: { "sec-fetch-site": "cross-site", origin: "https://partner.example" },
    });
    expect(await withSession(() => "hello")(event, lambdaContext())).toMatchObject({ statusCode: 200 });
  });

  test("a request from another site is answered when the protection is off", async () => {
    const { withSession } = setUp({ crossOriginProtection: false });
    expect(await withSession(() => "hello")(foreign, lambdaContext())).toMatchObject({ statusCode: 200 });
  });

  test.each([{}, { sessionInterface: null }, { sessionInterface: {} }])(
    "createWithSession throws for %j, which has no session interface",
    (options) => {
      expect(() => createWithSession(options as never)).toThrow(
        expect.objectContaining({ name: "OptionError", option: "sessionInterface" }),
      );
    },
  );

  test("createWithSession throws for a trusted origin that is no origin", () => {
    expect(() => setUp({ trustedOrigins: ["partner.example"] })).toThrow(
      expect.objectContaining({ name: "OptionError", option: "trustedOrigins" }),
    );
  });
});

describe("records of requests on the console", () => {
  const record = { level: "WARN", event: "request_refused", reason: "cross_origin" };
  const foreign = httpApiEvent({ method: "POST", headers: { "sec-fetch-site": "cross-site" } });

  test.each<[format: string | undefined, line: unknown]>([
    [undefined, JSON.stringify(record)],
    ["JSON", record],
  ])("the record of a refused request is written in Lambda's log format (%s)", async (format, line) => {
    vi.stubEnv("AWS_LAMBDA_LOG_FORMAT", format);
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const withSession = createWithSession<Data>({ sessionInterface: new EchoSessionInterface() });
    await withSession(() => "never")(foreign, lambdaContext());
    expect(warn.mock.calls).toEqual([[line]]);
  });

  test("the record of a failing store is written as an error", async () => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    const sessionInterface = new EchoSessionInterface(new SessionUnavailableError("the table failed"));
    await createWithSession<Data>({ sessionInterface })(() => "done")(httpApiEvent(), lambdaContext());
    expect(error).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/^\{"level":"ERROR",.*session_unavailable/),
    );
  });
});

/** Proves the types when it is compiled; it is never called. */
export function typesOfWithSession(sessionInterface: EchoSessionInterface): string {
  const withSession = createWithSession<Data>({ sessionInterface });
  withSession((_event, session) => `${session.set("visits", 1).get("text")?.length}`);
  // @ts-expect-error there is no such key
  withSession((_event, session) => session.get("visit"));
  const wrong = createWithSession<{ when: () => void }>({ sessionInterface });
  // @ts-expect-error a session cannot store a function
  wrong(() => "");
  const problem: "a session cannot store the type of when" = wrong.problem;
  const several = createWithSession<{ good?: string; list?: Map<string, string>; run: () => void }>({
    sessionInterface,
  });
  several.problem satisfies
    | "a session cannot store the type of list"
    | "a session cannot store the type of run";
  return problem;
}
