import { Hono } from "hono";
import { handle, streamHandle } from "hono/aws-lambda";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { SessionUnavailableError } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import {
  EVENT_FORMS,
  type EventForm,
  LATTICE_FORMS,
  provideAwsLambda,
  STREAMING_FORMS,
} from "lambda-sessions/gateway";
import { createWithSession } from "lambda-sessions/lambda";
import {
  type AdapterUnderTest,
  httpApiEvent,
  lambdaContext,
  restApiEvent,
  type ScriptedResponse,
} from "lambda-sessions/testing";
import { type HonoContext, honoSession, type SessionVariables } from "lambda-sessions/web";
import { describe, expect, test, vi } from "vitest";
import { testCases, testRandomResponses } from "../../shared/adapters/web/test-adapter.ts";
import { runScript, toResponse } from "../../shared/adapters/web/web-adapter.ts";

/** The parts of Hono's context that the tests use. */
interface Context extends HonoContext<Record<string, string>> {
  readonly var: SessionVariables<Record<string, string>>;
  header(name: string, value: string, options?: { append: boolean }): void;
  body(body: Uint8Array | null, status: number): Response;
  text(text: string, status?: number): Response;
  redirect(location: string): Response;
}

/** Ways in which a handler of Hono responds. */
const STYLES: Readonly<Record<string, (c: Context, own: ScriptedResponse) => Response>> = {
  "a Response": (_c, own) => toResponse(own),
  "c.header and c.body": (c, { statusCode, headers, cookies, body }) => {
    for (const [name, value] of headers) c.header(name, value);
    for (const cookie of cookies) c.header("set-cookie", cookie, { append: true });
    return c.body(body.length === 0 ? null : Uint8Array.from(Buffer.from(body)), statusCode);
  },
};

provideAwsLambda();

/** The event forms that Hono serves. */
const FORMS = [...EVENT_FORMS, ...STREAMING_FORMS, LATTICE_FORMS[0]];

function isStreaming(form: EventForm): boolean {
  return STREAMING_FORMS.includes(form);
}

/** Returns an adapter that responds in these styles by turns. */
function honoAdapter(form: EventForm, styles: readonly string[]): AdapterUnderTest {
  let turn = 0;
  const styleOf = () => STYLES[styles[turn++ % styles.length] ?? ""];
  return {
    name: `Hono responds with ${styles.join(" or ")}, ${form.name}`,
    repeatedHeaders: form.repeatedHeaders,
    start: (withSession, script) => {
      const app = new Hono();
      app.onError((error: Error) => {
        throw error;
      });
      app.use(honoSession(withSession));
      app.all("*", async (c: Context) => styleOf()?.(c, await runScript(script, c.var.session, c.req.raw)));
      const handler = isStreaming(form)
        ? streamHandle(app)
        : handle(app, { isContentTypeBinary: () => true });
      return (request) => form.invoke(handler, request);
    },
  };
}

const styles = Object.keys(STYLES);

describe.each(FORMS.flatMap((form) => styles.map((style) => honoAdapter(form, [style]))))(
  "$name",
  (adapter) => {
    testCases(adapter);
  },
);

describe("random responses, in all styles by turns", () => {
  for (const form of FORMS) testRandomResponses(honoAdapter(form, styles));
});

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession<Record<string, string>>({ sessionInterface, log: () => {} });

/** Returns the response of an application of one handler that changes the session first. */
function respond(handler: (c: Context) => Response | Promise<Response>, init: RequestInit = {}) {
  const app = new Hono();
  app.use(cors({ origin: "https://spa.example", credentials: true }));
  app.use(honoSession(withSession));
  app.all("/", async (c: Context) => {
    c.var.session.set("user", "Ada");
    return handler(c);
  });
  const headers = { origin: "https://spa.example", ...init.headers };
  return app.request("https://app.example.com/", { ...init, headers }) as Promise<Response>;
}

/** Returns the headers that let the single-page application of another origin read a response. */
function corsHeaders({ headers }: Response) {
  const names = ["access-control-allow-origin", "access-control-allow-credentials"];
  return names.map((name) => headers.get(name));
}

const cachingOf = ({ headers }: Response) => [headers.get("cache-control"), headers.get("vary")];
const READABLE = ["https://spa.example", "true"];

describe("a handler of Hono that throws", () => {
  test("an error is answered by onError, and nothing is saved", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await respond(() => Promise.reject(new Error("broken")));
    expect([response.status, response.headers.getSetCookie()]).toEqual([500, []]);
    expect(corsHeaders(response)).toEqual(READABLE);
  });

  test("its response, which may be made from the session, is not reused by caches for another visitor", async () => {
    const missing = () => Promise.reject(new HTTPException(404, { message: "Ada has no such order" }));
    expect(cachingOf(await respond(missing))).toEqual(["private, no-cache", "Cookie, Origin"]);
    const own = new Response("none", { status: 404, headers: { "cache-control": "public" } });
    const chosen = () => Promise.reject(new HTTPException(404, { res: own }));
    expect(cachingOf(await respond(chosen))).toEqual(["public", "Cookie, Origin"]);
  });

  test("an HTTPException is answered as it says, and nothing is saved", async () => {
    const response = await respond(() => {
      throw new HTTPException(418, { message: "a teapot" });
    });
    expect([response.status, await response.text(), response.headers.getSetCookie()]).toEqual([
      418,
      "a teapot",
      [],
    ]);
  });

  test("an error of the session layer is answered with 503 that another origin can read", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await respond(() => Promise.reject(new SessionUnavailableError("down")));
    expect([response.status, response.headers.get("retry-after"), corsHeaders(response)]).toEqual([
      503,
      "1",
      READABLE,
    ]);
    expect(response.headers.get("vary")?.toLowerCase()).toContain("origin");
  });

  test("an error of saving is answered by onError, without the headers of the response that was not sent", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await respond((c) => {
      const list: unknown[] = [];
      c.var.session.set("list", list as never);
      list.push(() => {});
      c.header("cache-control", "public, max-age=100");
      c.header("set-cookie", "theme=dark");
      c.header("etag", '"1"');
      return c.text("saved");
    });
    const { headers } = response;
    expect([response.status, headers.getSetCookie(), headers.get("etag")]).toEqual([500, [], null]);
    expect([headers.get("cache-control"), corsHeaders(response)]).toEqual(["private, no-cache", READABLE]);
  });
});

describe("a request that Hono has converted from an event", () => {
  /** Returns the body of the response of an application that greets the user of the session. */
  async function greet(event: object): Promise<unknown> {
    const app = new Hono();
    app.use(honoSession(withSession));
    app.get("/", (c: Context) => c.text(`Hello, ${c.var.session.get("user")}`));
    return (await handle(app)(event, lambdaContext())).body;
  }

  test("the session is found beside a cookie that is not ASCII, for which Hono encodes the whole header", async () => {
    const [cookie = ""] = (await respond((c) => c.text("ok"))).headers.getSetCookie();
    const headers = { cookie: `name=Jürgen; ${cookie.split(";", 1)}` };
    expect(await greet(restApiEvent({ headers }))).toBe("Hello, Ada");
    expect(await greet(httpApiEvent({ headers }))).toBe("Hello, Ada");
  });
});

describe("a refusal in Hono", () => {
  test("a session that is too large is answered with 413, without the handler's headers and cookies", async () => {
    const response = await respond((c) => {
      c.var.session.set("user", "x".repeat(5000));
      c.header("set-cookie", "theme=dark");
      c.header("etag", '"1"');
      return c.text("saved");
    });
    expect(response.status).toBe(413);
    expect([response.headers.getSetCookie(), response.headers.get("etag")]).toEqual([[], null]);
    expect([corsHeaders(response), await response.text()]).toEqual([
      READABLE,
      expect.stringContaining("nothing was saved"),
    ]);
  });

  test("an unsafe request of another site is answered with 403 that carries the headers of cors", async () => {
    const response = await respond((c) => c.text("not reached"), { method: "POST" });
    expect([response.status, corsHeaders(response)]).toEqual([403, READABLE]);
  });
});

describe("a response of Hono", () => {
  test("Response.redirect, whose headers cannot be changed, gets the cookie and the headers of cors", async () => {
    const response = await respond(() => Response.redirect("https://app.example.com/next"));
    expect([response.status, response.headers.getSetCookie().length, corsHeaders(response)]).toEqual([
      302,
      1,
      READABLE,
    ]);
  });

  test("HEAD has the headers of GET with the cookie, and no body", async () => {
    const response = await respond((c) => c.text("hello"), { method: "HEAD" });
    expect([response.status, response.body, response.headers.getSetCookie().length]).toEqual([200, null, 1]);
  });

  test("a stream starts after the session was saved, and a later change throws in it", async () => {
    const { stream } = await import("hono/streaming");
    const errors: unknown[] = [];
    const response = await respond((c) =>
      stream(c, async (body: { write(text: string): Promise<void> }) => {
        await body.write("first ");
        await new Promise(setImmediate);
        try {
          c.var.session.set("user", "Eve");
        } catch (error) {
          errors.push(error);
        }
        await body.write("last");
      }),
    );
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(await response.text()).toBe("first last");
    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringContaining("was saved before") }),
    ]);
  });
});
