import { type SessionRequest, SessionUnavailableError } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { createWithSession } from "lambda-sessions/lambda";
import { httpApiEvent, restApiEvent } from "lambda-sessions/testing";
import { webSession } from "lambda-sessions/web";
import { describe, expect, test } from "vitest";
import { testAdapter } from "./test-adapter.ts";
import { webAdapter } from "./web-adapter.ts";

interface Data {
  user: string;
  visits: number;
}

const sessionInterface = new SecureCookieSessionInterface({
  keys: ["a secret key of at least 32 bytes, for tests"],
  log: () => {},
});
const withSession = createWithSession<Data>({ sessionInterface, log: () => {} });
const withWebSession = webSession(withSession);

/** Sets the user, and returns a response. */
function signIn(response: Response | (() => Response | Promise<Response>)) {
  return withWebSession((_request, session) => {
    session.set("user", "Ada");
    return typeof response === "function" ? response() : response;
  });
}

function get(path = "/", headers: Record<string, string> = {}): Request {
  return new Request(`https://app.example.com${path}`, { headers });
}

describe("the suite of all adapters", () => {
  testAdapter(webAdapter);
});

describe("a response with headers that cannot be changed", () => {
  test("a redirect of Response.redirect gets the session's cookie", async () => {
    const response = await signIn(Response.redirect("https://app.example.com/next", 303))(get());
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("https://app.example.com/next");
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=/)]);
  });

  test("a fetched response keeps its status text, its headers and its body", async () => {
    const response = await signIn(() => fetch("data:text/plain;charset=utf-8,fetched"))(get());
    expect(response.statusText).toBe("OK");
    expect(response.headers.get("content-type")).toBe("text/plain;charset=utf-8");
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(await response.text()).toBe("fetched");
  });
});

describe("the body of a response", () => {
  test("a stream is returned unread, and its source is not asked before the caller reads it", async () => {
    let pulls = 0;
    const source = { pull: (stream: ReadableStreamDefaultController) => stream.enqueue(`${++pulls} `) };
    const body = new ReadableStream(source, { highWaterMark: 0 });
    const response = await signIn(new Response(body))(get());
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect([response.bodyUsed, pulls]).toEqual([false, 0]);
    await response.body?.cancel();
  });

  test("a stream that a refusal replaces is cancelled, so that its source stops", async () => {
    const reasons: unknown[] = [];
    const body = new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
    const large = withWebSession((_request, session) => {
      session.set("user", "x".repeat(5000));
      return new Response(body, { headers: { "set-cookie": "theme=dark" } });
    });
    const response = await large(get());
    expect([response.status, response.headers.getSetCookie(), reasons]).toEqual([413, [], [undefined]]);
  });

  test("a refusal does not wait for a stream that cannot stop yet, such as one with an unread clone", async () => {
    const clones: Response[] = [];
    const slow = new ReadableStream({ cancel: () => new Promise(() => {}) });
    for (const own of [new Response("hello"), new Response(slow)]) {
      const large = withWebSession((_request, session) => {
        session.set("user", "x".repeat(5000));
        if (own.body !== slow) clones.push(own.clone());
        return own;
      });
      expect((await large(get())).status).toBe(413);
    }
    expect(await clones[0]?.text()).toBe("hello");
  });

  test.each([204, 205, 304])(
    "a response with status %s has the session's cookie and no body",
    async (status) => {
      const response = await signIn(new Response(null, { status }))(get());
      expect([response.status, response.body]).toEqual([status, null]);
      expect(response.headers.getSetCookie()).toHaveLength(1);
    },
  );

  test("a clone that the handler made before can still be read", async () => {
    const own = new Response("hello");
    const clone = own.clone();
    const response = await signIn(own)(get());
    expect([await response.text(), await clone.text()]).toEqual(["hello", "hello"]);
    expect(clone.headers.getSetCookie()).toEqual([]);
  });
});

describe("what a handler throws", () => {
  test("a thrown redirect is thrown again with the session's cookie", async () => {
    const redirect = new Response(null, { status: 302, headers: { location: "/sign-in" } });
    const throwing = signIn(() => {
      throw redirect;
    });
    const thrown = await throwing(get()).catch((error) => error);
    expect(thrown.headers.get("location")).toBe("/sign-in");
    expect(thrown.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=/)]);
  });

  test("a refusal replaces a thrown response, and is thrown in its place", async () => {
    const throwing = withWebSession((_request, session) => {
      session.set("user", "x".repeat(5000));
      throw new Response("thrown");
    });
    expect((await throwing(get()).catch((error) => error)).status).toBe(413);
  });

  test.each([new RangeError("mine"), undefined, "text", { status: 404 }])(
    "%s is thrown again, unchanged",
    async (value) => {
      const throwing = signIn(() => {
        throw value;
      });
      expect(
        await throwing(get()).then(
          () => "returned",
          (error) => [error],
        ),
      ).toEqual([value]);
    },
  );

  test("an error of the session layer is answered", async () => {
    const throwing = signIn(() => {
      throw new SessionUnavailableError("the table is down");
    });
    expect((await throwing(get())).status).toBe(503);
  });
});

describe("a session after its response", () => {
  test("a change while the body is being sent throws", async () => {
    let change = (): void => {};
    const response = await withWebSession((_request, session) => {
      change = () => session.set("user", "Eve");
      return new Response("hello");
    })(get());
    expect(change).toThrow("the session was saved before this change");
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

describe("a response that the session does not change", () => {
  test("the response to a request that does not use the session is the handler's own, untouched", async () => {
    const own = new Response("hello");
    expect(await withWebSession(() => own)(get())).toBe(own);
    expect([...own.headers.keys()]).toEqual(["content-type"]);
  });

  test("a response that read the session varies by Cookie, and is not stored by shared caches", async () => {
    const handler = withWebSession((_request, session) => new Response(session.get("user")));
    const { headers } = await handler(get());
    expect([headers.get("vary"), headers.get("cache-control")]).toEqual(["Cookie", "private, no-cache"]);
  });
});

describe("the request as the session layer sees it", () => {
  test("an unsafe request of another site is refused with 403, and the handler does not run", async () => {
    const refusing = withWebSession(() => {
      throw new Error("not reached");
    });
    const headers = { "sec-fetch-site": "cross-site", accept: "application/json" };
    const response = await refusing(new Request("https://app.example.com/", { method: "POST", headers }));
    expect([response.status, response.headers.get("content-type")]).toEqual([
      403,
      "application/problem+json",
    ]);
  });

  test("without a Host header, the host is that of the URL", async () => {
    const handler = withWebSession(() => new Response("ok"));
    const post = (origin: string) =>
      handler(new Request("https://app.example.com/", { method: "POST", headers: { origin } }));
    expect((await post("https://app.example.com")).status).toBe(200);
    expect((await post("https://evil.example")).status).toBe(403);
  });

  test("the Host header is the host where a server has made the URL of another one", async () => {
    const handler = withWebSession(() => new Response("ok"));
    const post = (origin: string) => {
      const headers = { origin, host: "app.example.com" };
      return handler(new Request("https://evil.example/", { method: "POST", headers }));
    };
    expect((await post("https://app.example.com")).status).toBe(200);
    expect((await post("https://evil.example")).status).toBe(403);
  });

  test("the path is the event's with the stage, where the framework's request has it without", async () => {
    const settings = { cookie: { name: "session", path: "/prod" } };
    const staged = createWithSession<Data>({
      sessionInterface: new SecureCookieSessionInterface({ keys: ["k".repeat(32)], settings, log: () => {} }),
    });
    const event = { ...restApiEvent(), requestContext: { path: "/prod/visits", httpMethod: "GET" } };
    const handler = (source?: object) =>
      webSession(staged, { origin: () => ({ source }) })((_request, session) => {
        session.set("user", "Ada");
        return new Response("ok");
      });
    expect((await handler(event)(get("/visits"))).headers.getSetCookie()).toHaveLength(1);
    await expect(handler()(get("/visits"))).rejects.toThrow("cookie.path");
  });

  test("the cookies are the event's, where a framework has encoded their header", async () => {
    const cookie = (await signIn(new Response())(get())).headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const cookies = [`name=Jürgen; ${cookie}`];
    const read = webSession(withSession, {
      origin: () => ({ source: httpApiEvent({ headers: { cookie: cookies } }) }),
    });
    const handler = read((_request, session) => new Response(session.get("user")));
    const request = get("/", { cookie: encodeURIComponent(cookies.join()) });
    expect(await (await handler(request)).text()).toBe("Ada");
  });

  test("the client's address is the event's, else what the server knows", async () => {
    const addresses: unknown[] = [];
    const open = (request: SessionRequest) => {
      addresses.push(request.address);
      return sessionInterface.open(request);
    };
    const save = (...saved: Parameters<typeof sessionInterface.save>) => sessionInterface.save(...saved);
    const recording = createWithSession<Data>({ sessionInterface: { open, save } });
    const event = httpApiEvent();
    const origins = [{ source: event, address: "192.0.2.9" }, { address: "192.0.2.9" }, {}];
    for (const origin of origins)
      await webSession(recording, { origin: () => origin })(() => new Response())(get());
    expect(addresses).toEqual([event.requestContext.http.sourceIp, "192.0.2.9", undefined]);
  });
});
