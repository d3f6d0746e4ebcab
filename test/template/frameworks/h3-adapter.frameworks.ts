import { H3, HTTPError, HTTPResponse } from "h3";
import { SessionUnavailableError } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { EVENT_FORMS, type EventForm } from "lambda-sessions/gateway";
import { createWithSession, requireUser } from "lambda-sessions/lambda";
import type { AdapterUnderTest, ScriptedResponse } from "lambda-sessions/testing";
import { type H3SessionEvent, h3Session, runGuard } from "lambda-sessions/web";
import { toLambdaHandler } from "srvx/aws-lambda";
import { describe, expect, test } from "vitest";
import { testCases, testRandomResponses } from "../../shared/adapters/web/test-adapter.ts";
import { runScript, toResponse } from "../../shared/adapters/web/web-adapter.ts";

/** The parts of h3's event that the tests use. */
interface Event extends H3SessionEvent {
  readonly res: H3SessionEvent["res"] & { status?: number };
}

/** Ways in which a handler of h3 responds. */
const STYLES: Readonly<Record<string, (event: Event, own: ScriptedResponse) => unknown>> = {
  "a Response": (_event, own) => toResponse(own),
  "event.res and a value": ({ res }, { statusCode, headers, cookies, body }) => {
    res.status = statusCode;
    for (const [name, value] of headers) res.headers.set(name, value);
    for (const cookie of cookies) res.headers.append("set-cookie", cookie);
    return typeof body === "string" ? body : Uint8Array.from(body);
  },
};

/**
 * The adapter of srvx reads `event.headers`, which a load balancer with multi-value headers does not send.
 */
const FORMS = EVENT_FORMS.filter(({ name }) => !/multi-value/.test(name) || /without/.test(name));

/** srvx decides by the type alone whether a body is text. */
const EXCEPT = ["bytes that are no text return unchanged whatever their type says"];

/** Returns an adapter that responds in these styles by turns. */
function h3Adapter(form: EventForm, styles: readonly string[]): AdapterUnderTest {
  let turn = 0;
  const styleOf = () => STYLES[styles[turn++ % styles.length] ?? ""];
  return {
    name: `h3 responds with ${styles.join(" or ")}, ${form.name}`,
    repeatedHeaders: form.repeatedHeaders,
    start: (withSession, script) => {
      const sessions = h3Session(withSession);
      const errors: unknown[] = [];
      const app = new H3({ silent: true, onError: (error: unknown) => void errors.push(error) });
      app.use(sessions.middleware);
      app.all("/**", async (event: Event) =>
        styleOf()?.(event, await runScript(script, sessions.of(event), event.req)),
      );
      const handler = toLambdaHandler({ fetch: app.fetch });
      return async (request) => {
        const response = await form.invoke(handler, request);
        for (const error of errors.splice(0)) throw error;
        return response;
      };
    },
  };
}

test("all event forms but one are tested with h3", () => {
  expect(EVENT_FORMS.length - FORMS.length).toBe(1);
});

const styles = Object.keys(STYLES);

describe.each(FORMS.flatMap((form) => styles.map((style) => h3Adapter(form, [style]))))(
  "$name",
  (adapter) => {
    testCases(adapter, EXCEPT);
  },
);

describe("random responses, in all styles by turns", () => {
  for (const form of FORMS) testRandomResponses(h3Adapter(form, styles));
});

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession<{ user: string }>({ sessionInterface, log: () => {} });

const sessions = h3Session(withSession);

/** Returns the response of an application of one handler that changes the session first. */
async function respond(handler: (event: Event) => unknown, init: RequestInit = {}): Promise<Response> {
  const app = new H3({ silent: true });
  app.use(sessions.middleware);
  app.all("/", (event: Event) => {
    sessions.of(event).set("user", "Ada");
    return handler(event);
  });
  return app.fetch(new Request("https://app.example.com/", init));
}

const cookiesOf = ({ headers }: Response) => headers.getSetCookie();
const cachingOf = ({ headers }: Response) => [headers.get("cache-control"), headers.get("vary")];
const SESSION = expect.stringMatching(/^__Host-session=e/);

describe("a handler of h3 that fails", () => {
  test.each([
    ["throws an error", () => Promise.reject(new Error("broken")), 500],
    ["throws an HTTPError", () => Promise.reject(new HTTPError("a teapot", { status: 418 })), 418],
    ["returns an HTTPError", () => new HTTPError("a teapot", { status: 418 }), 418],
  ])("one that %s is answered by h3, and nothing is saved", async (_how, handler, status) => {
    const response = await respond(handler);
    expect([response.status, cookiesOf(response)]).toEqual([status, []]);
    expect(cachingOf(response)).toEqual(["private, no-cache", "Cookie"]);
  });

  test("an error with a Cache-Control header of its own keeps it, and caches tell visitors apart", async () => {
    const headers = { "cache-control": "public", vary: "Accept" };
    const response = await respond(() => Promise.reject(new HTTPError("gone", { status: 410, headers })));
    expect(cachingOf(response)).toEqual(["public", "Accept, Cookie"]);
  });

  test("an error of the session layer is answered with 503, without the handler's cookies", async () => {
    const response = await respond(({ res }) => {
      res.errHeaders.append("set-cookie", "theme=dark");
      return Promise.reject(new SessionUnavailableError("down"));
    });
    expect(cookiesOf(response)).toEqual([]);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  });
});

describe("a response of h3", () => {
  test("a Response with status 404 keeps its own cookie and gets the session's", async () => {
    const response = await respond(
      () => new Response("none", { status: 404, headers: { "set-cookie": "a=1" } }),
    );
    expect([response.status, cookiesOf(response)]).toEqual([404, ["a=1", SESSION]]);
    expect([response.headers.get("vary"), response.headers.get("cache-control")]).toEqual([
      "Cookie",
      "no-store",
    ]);
  });

  test("headers of a Response and of event.res are joined before the session's", async () => {
    const response = await respond(({ res }) => {
      res.headers.append("set-cookie", "b=2; Expires=Wed, 21 Oct 2037 07:28:00 GMT");
      return new Response("ok", { headers: { vary: "Accept", "set-cookie": "a=1" } });
    });
    expect(cookiesOf(response)).toEqual(["a=1", "b=2; Expires=Wed, 21 Oct 2037 07:28:00 GMT", SESSION]);
    expect(response.headers.get("vary")).toBe("Accept, Cookie");
  });

  test("Response.redirect, whose headers cannot be changed, gets the cookie", async () => {
    const response = await respond(() => Response.redirect("https://app.example.com/next"));
    expect([response.status, cookiesOf(response)]).toEqual([302, [SESSION]]);
  });

  test("an object, a null and a stream get the cookie", async () => {
    for (const value of [{ a: 1 }, null, new Response("streamed").body])
      expect(cookiesOf(await respond(() => value))).toEqual([SESSION]);
  });

  test("an HTTPResponse, also one with status 404, gets the cookie", async () => {
    for (const status of [200, 404]) {
      const response = await respond(() => new HTTPResponse("hello", { status }));
      expect([response.status, response.headers.getSetCookie().length]).toEqual([status, 1]);
    }
  });

  test("data with a member that is called headers are no headers", async () => {
    for (const headers of [{ "cache-control": "private" }, { "a name": "ü" }, "none"]) {
      const response = await respond(() => ({ headers }));
      expect([await response.json(), response.headers.get("cache-control")]).toEqual([
        { headers },
        "no-store",
      ]);
    }
  });

  test("a HEAD request has the cookie and no body", async () => {
    const response = await respond(() => "hello", { method: "HEAD" });
    expect([response.body, cookiesOf(response)]).toEqual([null, [SESSION]]);
  });

  test("a session that is too large is answered with 413, without the handler's cookies", async () => {
    const app = new H3({ silent: true });
    app.use(sessions.middleware);
    app.get("/", (event: Event) => {
      sessions.of(event).set("user", "x".repeat(5000));
      for (const headers of [event.res.headers, event.res.errHeaders])
        headers.append("set-cookie", "theme=dark");
      return new Response("ok", { headers: { "set-cookie": "a=1" } });
    });
    const response = await app.fetch(new Request("https://app.example.com/"));
    expect([response.status, cookiesOf(response)]).toEqual([413, []]);
  });

  test("a refusal replaces a value of any kind, and stops its stream", async () => {
    let stopped = 0;
    const stream = () => new ReadableStream({ cancel: () => void stopped++ });
    const values = [() => "hello", () => new HTTPResponse("no", { status: 404 }), () => ({ body: "hello" })];
    for (const value of [...values, stream, () => new HTTPResponse(stream()), () => new Response(stream())]) {
      const response = await respond((event) => {
        sessions.of(event).set("user", "x".repeat(5000));
        return value();
      });
      expect([response.status, cookiesOf(response)]).toEqual([413, []]);
    }
    expect(stopped).toBe(3);
  });

  test("a refusal calls no method of data, such as one that deletes a row of a database", async () => {
    const calls: string[] = [];
    const row = {
      title: "Ada's order",
      destroy: () => calls.push("destroy"),
      cancel: () => calls.push("cancel"),
    };
    for (const value of [row, { body: row }]) {
      const response = await respond((event) => {
        sessions.of(event).set("user", "x".repeat(5000));
        return value;
      });
      expect(response.status).toBe(413);
    }
    expect(calls).toEqual([]);
  });
});

test("a route of h3 that does not exist is answered with 404, and what a middleware changed is saved", async () => {
  const sessions = h3Session(withSession);
  const app = new H3({ silent: true });
  app.use(sessions.middleware);
  app.use((event: Event) => void sessions.of(event).set("user", "Ada"));
  const response: Response = await app.fetch(new Request("https://app.example.com/none"));
  expect([response.status, cookiesOf(response)]).toEqual([404, [SESSION]]);
});

test("a guard of the session layer protects a route of h3", async () => {
  const response = await respond(async () => "for users");
  expect(await response.text()).toBe("for users");
  const sessions = h3Session(withSession);
  const app = new H3({ silent: true });
  app.use(sessions.middleware);
  app.use("/account", (event: Event) => runGuard(requireUser, sessions.of(event)));
  app.get("/account", () => "for users");
  const asked = await app.fetch(new Request("https://app.example.com/account"));
  expect([asked.status, asked.headers.get("location")]).toEqual([303, "/sign-in?returnTo=%2Faccount"]);
});

test("a session is asked for before its middleware: the error names the remedy", () => {
  const event = { req: new Request("https://app.example.com/") } as unknown as Event;
  expect(() => h3Session(withSession).of(event)).toThrow("app.use(sessions.middleware)");
});
