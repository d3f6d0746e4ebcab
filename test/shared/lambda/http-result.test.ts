import { describe, expect, test } from "vitest";
import {
  addSession,
  type HandlerResult,
  type HttpResult,
  toHttpResult,
} from "../../../shared/lambda/http-result.ts";
import type { SavedSession } from "../../../shared/session/session-outcome.ts";
import {
  functionUrlEvent,
  httpApiEvent,
  httpApiEvent1,
  restApiEvent,
} from "../../../shared/testing/events.ts";

describe("the result of a handler", () => {
  test.each<[string, HandlerResult, body: string]>([
    ["a string", "hello", "hello"],
    ["an empty string", "", ""],
    ["a string that is JSON", '{"a":1}', '{"a":1}'],
    ["an object", { visits: 1 }, '{"visits":1}'],
    ["an object with a body but no status", { body: "hello", headers: {} }, '{"body":"hello","headers":{}}'],
    ["an empty object", {}, "{}"],
    ["an array", [1, "a"], '[1,"a"]'],
    ["a number", 42, "42"],
    ["zero", 0, "0"],
    ["true", true, "true"],
    ["false", false, "false"],
    ["null", null, "null"],
    ["undefined", undefined, "null"],
  ])("%s becomes a 200 with JSON, as API Gateway does it", (_name, result, body) => {
    expect(toHttpResult(result)).toEqual({
      statusCode: 200,
      headers: { "content-type": "application/json" },
      body,
    });
  });

  test.each<[string, HttpResult]>([
    ["a status alone", { statusCode: 204 }],
    ["cookies and headers", { statusCode: 302, headers: { location: "/", "x-count": 1 }, cookies: ["a=1"] }],
    ["a binary body", { statusCode: 200, body: "AA==", isBase64Encoded: true }],
    [
      "headers with several values",
      { statusCode: 200, multiValueHeaders: { link: ["<a>", "<b>"] }, body: "" },
    ],
  ])("a result with a statusCode stays as it is: %s", (_name, result) => {
    expect(toHttpResult(result)).toEqual(result);
  });
});

const COOKIE = "__Host-session=xyz; Path=/; Secure";
const NOTHING: SavedSession = { vary: false };
const READ: SavedSession = { vary: true };
const CHANGED: SavedSession = { vary: true, setCookie: COOKIE };

type Headers = Record<string, string>;

describe("a response to payload 2.0", () => {
  const event = httpApiEvent();

  function add(saved: SavedSession, headers?: Headers, cookies?: string[]): HttpResult {
    return addSession(
      event,
      { statusCode: 200, ...(headers && { headers }), ...(cookies && { cookies }) },
      saved,
    );
  }

  test("a response stays as it is when the session was not used", () => {
    const result = { statusCode: 200, headers: { vary: "Accept" }, body: "hello" };
    expect(addSession(event, result, NOTHING)).toEqual(result);
  });

  test("a response varies by the cookie and is private when the session was only read", () => {
    expect(add(READ, { "content-type": "text/plain" })).toEqual({
      statusCode: 200,
      headers: { "content-type": "text/plain", vary: "Cookie", "cache-control": "private, no-cache" },
    });
  });

  test("a response gets the cookie and no-store when the session was changed", () => {
    expect(add(CHANGED)).toEqual({
      statusCode: 200,
      headers: { vary: "Cookie", "cache-control": "no-store" },
      cookies: [COOKIE],
    });
  });

  test("the handler's own cookies stay, before the session's", () => {
    expect(add(CHANGED, {}, ["theme=dark", "lang=en"]).cookies).toEqual(["theme=dark", "lang=en", COOKIE]);
    expect(add(READ, {}, ["theme=dark"]).cookies).toEqual(["theme=dark"]);
  });

  test("the cookies that are deleted with the session's come before it, after the handler's own", () => {
    const deletions = ["s=; Max-Age=0; Path=/a", "s=; Max-Age=0; Path=/b"];
    const saved = { ...CHANGED, deletions };
    expect(add(saved, {}, ["theme=dark"]).cookies).toEqual(["theme=dark", ...deletions, COOKIE]);
    const result = { statusCode: 200, headers: { "set-cookie": "theme=dark" } };
    expect(addSession(restApiEvent(), result, saved).multiValueHeaders).toEqual({
      "set-cookie": ["theme=dark", ...deletions, COOKIE],
    });
  });

  test("a response to a function URL gets the same headers", () => {
    expect(addSession(functionUrlEvent(), { statusCode: 200 }, CHANGED)).toEqual(add(CHANGED));
  });

  test.each<[Headers, Headers]>([
    [{ vary: "Accept" }, { vary: "Accept, Cookie" }],
    [{ Vary: "Accept, Accept-Encoding" }, { Vary: "Accept, Accept-Encoding, Cookie" }],
    [{ VARY: "Cookie" }, { VARY: "Cookie" }],
    [{ Vary: "accept,cookie" }, { Vary: "accept,cookie" }],
    [{ vary: "COOKIE , Accept" }, { vary: "COOKIE , Accept" }],
    [{ vary: "*" }, { vary: "*" }],
    [{ vary: "Cookie2" }, { vary: "Cookie2, Cookie" }],
    [{ vary: "X-Cookie" }, { vary: "X-Cookie, Cookie" }],
  ])("Cookie is added to the handler's Vary, whatever its case: %j", (given, expected) => {
    expect(add(READ, given).headers).toEqual({ ...expected, "cache-control": "private, no-cache" });
  });

  test.each<[Headers]>([
    [{ "cache-control": "private, max-age=60" }],
    [{ "Cache-Control": "no-cache" }],
    [{ "CACHE-CONTROL": "no-store" }],
  ])("the handler's Cache-Control stays, whatever its case: %j", (given) => {
    expect(add(CHANGED, given).headers).toEqual({ ...given, vary: "Cookie" });
  });

  test("multiValueHeaders, which payload 2.0 does not have, are ignored", () => {
    const multiValueHeaders = { Vary: ["Accept"], "Cache-Control": ["public"] };
    const { headers } = addSession(event, { statusCode: 200, multiValueHeaders }, CHANGED);
    expect(headers).toEqual({ vary: "Cookie", "cache-control": "no-store" });
  });

  test("a header that is null counts as absent, and a cookie that is not in an array stays whole", () => {
    const result = { statusCode: 200, headers: { "cache-control": null, vary: null }, cookies: "theme=dark" };
    expect(addSession(event, result as never, CHANGED)).toEqual({
      statusCode: 200,
      headers: { vary: "Cookie", "cache-control": "no-store" },
      cookies: ["theme=dark", COOKIE],
    });
  });

  test("a response is a new object, so a handler may return the same one each time", () => {
    const result = Object.freeze({ statusCode: 200, headers: Object.freeze({}), cookies: ["a=1"] });
    expect(addSession(event, result, CHANGED).cookies).toEqual(["a=1", COOKIE]);
    expect(result).toEqual({ statusCode: 200, headers: {}, cookies: ["a=1"] });
  });
});

describe.each([
  ["an HTTP API", httpApiEvent1()],
  ["a REST API", restApiEvent()],
])("a response to payload 1.0 of %s", (_name, event) => {
  /**
   * Returns the headers that the client receives. A name in both places fails, because APIs treat it
   * differently.
   */
  function received({ headers = {}, multiValueHeaders = {} }: HttpResult): Record<string, unknown[]> {
    const single = Object.entries(headers).map(([name, value]): [string, unknown[]] => [name, [value]]);
    const all = [...single, ...Object.entries(multiValueHeaders)];
    const names = all.map(([name]) => name.toLowerCase());
    expect(names).toEqual([...new Set(names)]);
    return Object.fromEntries(all.map(([name, values]) => [name.toLowerCase(), values]));
  }

  test("a response of payload 1.0 gets the cookie as a header", () => {
    const result = addSession(event, { statusCode: 200 }, CHANGED);
    expect(result).not.toHaveProperty("cookies");
    expect(received(result)).toEqual({
      "cache-control": ["no-store"],
      "set-cookie": [COOKIE],
      vary: ["Cookie"],
    });
  });

  test.each<[string, Partial<HttpResult>]>([
    ["headers", { headers: { "Set-Cookie": "a=1" } }],
    ["multiValueHeaders", { multiValueHeaders: { "set-cookie": ["a=1"] } }],
    ["multiValueHeaders, in another case", { multiValueHeaders: { "SET-COOKIE": ["a=1"] } }],
  ])("the handler's own cookie in %s stays", (_where, own) => {
    const result = addSession(event, { statusCode: 200, ...own }, CHANGED);
    expect(received(result)["set-cookie"]).toEqual(["a=1", COOKIE]);
  });

  test("the handler's own cookies in headers and multiValueHeaders stay", () => {
    const own = { headers: { "set-cookie": "a=1" }, multiValueHeaders: { "Set-Cookie": ["b=2", "c=3"] } };
    const result = addSession(event, { statusCode: 200, ...own }, CHANGED);
    expect(received(result)["set-cookie"]).toEqual(["a=1", "b=2", "c=3", COOKIE]);
  });

  test("Cookie is added to a Vary with several values", () => {
    const own = { multiValueHeaders: { Vary: ["Accept", "Origin"] } };
    const { vary = [] } = received(addSession(event, { statusCode: 200, ...own }, READ));
    expect(vary.join(", ")).toBe("Accept, Origin, Cookie");
  });

  test.each([["Cookie"], ["*"]])("Cookie is not added to a Vary that has %s", (value) => {
    const own = { multiValueHeaders: { Vary: ["Accept", value] } };
    expect(received(addSession(event, { statusCode: 200, ...own }, READ)).vary).toEqual(["Accept", value]);
  });

  test("a value of multiValueHeaders that is no array is read as one value, and null as none", () => {
    const multiValueHeaders = { Vary: "Accept", "Cache-Control": null, "Set-Cookie": "theme=dark" };
    const result = { statusCode: 200, multiValueHeaders } as never;
    expect(received(addSession(restApiEvent(), result, CHANGED))).toMatchObject({
      vary: ["Accept, Cookie"],
      "cache-control": ["no-store"],
      "set-cookie": ["theme=dark", COOKIE],
    });
  });

  test("a response of payload 1.0 is a new object", () => {
    const multiValueHeaders = Object.freeze({ vary: Object.freeze(["Accept"]) as string[] });
    const result = addSession(event, Object.freeze({ statusCode: 200, multiValueHeaders }), CHANGED);
    expect(received(result).vary).toEqual(["Accept, Cookie"]);
    expect(multiValueHeaders).toEqual({ vary: ["Accept"] });
  });

  test("the handler's Cache-Control in multiValueHeaders stays", () => {
    const own = { multiValueHeaders: { "Cache-Control": ["private"] } };
    expect(received(addSession(event, { statusCode: 200, ...own }, CHANGED))["cache-control"]).toEqual([
      "private",
    ]);
  });
});

describe.each([
  ["payload 2.0", httpApiEvent(), "headers"],
  ["payload 1.0", httpApiEvent1(), "headers"],
  ["payload 1.0 with several values", restApiEvent(), "multiValueHeaders"],
] as const)("a response that shared caches may store, %s", (_name, event, place) => {
  /** Returns the effective headers and the session cookie of a response. */
  function received(saved: SavedSession, own: Headers, session?: { readonly modified: boolean }) {
    const repeated = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, [value]]));
    const response = { statusCode: 200, [place]: place === "headers" ? own : repeated };
    const { headers, cookies, multiValueHeaders = {} } = addSession(event, response, saved, session);
    const { "set-cookie": setCookie, ...others } = multiValueHeaders;
    const joined = Object.entries(others).map(([name, values]) => [name, values.join(", ")]);
    return { headers: { ...headers, ...Object.fromEntries(joined) }, cookie: (cookies ?? setCookie)?.[0] };
  }

  const refreshed = { modified: false };
  const changed = { modified: true };

  test.each([
    "public",
    "public, max-age=60",
    "S-MaxAge=60, max-age=0",
    "max-age=60",
    "public, no-cache",
    "max-age=31536000, immutable",
    'max-age=60, private="x-visitor"',
    'max-age=60, no-cache="set-cookie"',
  ])("a response with Cache-Control %s gets no cookie that only refreshes the session", (value) => {
    const own = { "Cache-Control": value };
    expect(received(CHANGED, own, refreshed)).toEqual({
      headers: { ...own, vary: "Cookie" },
      cookie: undefined,
    });
  });

  test.each([
    ["public", "private"],
    ["public, max-age=60", "private, max-age=60"],
    ["max-age=60", "private, max-age=60"],
    ["max-age=60,S-MAXAGE=3600 , Public, must-revalidate", "private, max-age=60, must-revalidate"],
    ["public, no-cache", "private, no-cache"],
    ["", "private"],
    ['private="x-visitor, x-user", max-age=60', "private, max-age=60"],
    ['no-cache="x-visitor, x-user", s-maxage=60', 'private, no-cache="x-visitor, x-user"'],
  ])("a response with Cache-Control %j is %j when the handler changed the session", (value, made) => {
    const { headers, cookie } = received(CHANGED, { "Cache-Control": value }, changed);
    expect([headers["Cache-Control"], cookie]).toEqual([made, COOKIE]);
  });

  test.each(["private, max-age=60", "no-store", "no-cache"])(
    "a response with Cache-Control %s stays as it is and gets the cookie in any case",
    (value) => {
      const { headers, cookie } = received(CHANGED, { "Cache-Control": value }, refreshed);
      expect([headers["Cache-Control"], cookie]).toEqual([value, COOKIE]);
    },
  );

  test.each(["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Surrogate-Control"])(
    "a response with %s gets no cookie that only refreshes the session",
    (name) => {
      const own = { [name]: "max-age=60" };
      expect(received(CHANGED, own, refreshed)).toEqual({
        headers: { ...own, vary: "Cookie", "cache-control": "private, no-cache" },
        cookie: undefined,
      });
    },
  );

  test.each(["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Surrogate-Control"])(
    "a response with %s is not stored there when the handler changed the session",
    (name) => {
      const { headers, cookie } = received(CHANGED, { [name]: "max-age=60" }, changed);
      expect([headers[name], headers["cache-control"], cookie]).toEqual(["no-store", "no-store", COOKIE]);
    },
  );

  test("a response that was public stays public when the session was read and no cookie is due", () => {
    const own = { "Cache-Control": "public, max-age=60" };
    expect(received(READ, own, refreshed).headers).toEqual({ ...own, vary: "Cookie" });
  });

  test("a deleted cookie is sent, and makes the response private, when the handler ended the session", () => {
    const deleted = { vary: true, setCookie: "__Host-session=; Max-Age=0; Path=/; Secure" };
    const { headers, cookie } = received(deleted, { "Cache-Control": "public" }, changed);
    expect([headers["Cache-Control"], cookie]).toEqual(["private", deleted.setCookie]);
  });
});

describe("a response to a load balancer", () => {
  const elb = { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/1" };
  const event = (headers: object) => ({ ...restApiEvent(), ...headers, requestContext: { elb } }) as never;
  const single = event({ headers: { host: "a.example" }, multiValueHeaders: undefined });
  const repeated = event({ headers: undefined, multiValueHeaders: { host: ["a.example"] } });

  test("without multi-value headers, a load balancer gets the cookie in headers", () => {
    const own = { statusCode: 200, headers: { vary: "Accept" }, body: "hello" };
    expect(addSession(single, own, CHANGED)).toEqual({
      statusCode: 200,
      headers: { vary: "Accept, Cookie", "cache-control": "no-store", "set-cookie": COOKIE },
      multiValueHeaders: {},
      body: "hello",
    });
  });

  test("with multi-value headers, a load balancer gets the cookie beside the handler's own", () => {
    const own = { statusCode: 200, multiValueHeaders: { "Set-Cookie": ["a=1"] } };
    expect(addSession(repeated, own, CHANGED).multiValueHeaders).toMatchObject({
      "Set-Cookie": ["a=1", COOKIE],
    });
  });

  test("with multi-value headers, a load balancer gets all headers repeated, because it reads no others", () => {
    const own = {
      statusCode: 200,
      headers: { "X-Own": "1", VARY: "Accept" },
      multiValueHeaders: { vary: ["A"] },
    };
    expect(addSession(repeated, own, CHANGED).multiValueHeaders).toEqual({
      "X-Own": ["1"],
      vary: ["A, Cookie"],
      "cache-control": ["no-store"],
      "set-cookie": [COOKIE],
    });
  });

  test("with multi-value headers, a load balancer gets the cookies of both objects, whatever the session sends", () => {
    const own = {
      statusCode: 200,
      headers: { "set-cookie": "a=1" },
      multiValueHeaders: { "Set-Cookie": ["b=2"] },
    };
    for (const [saved, cookies] of [
      [CHANGED, [COOKIE]],
      [READ, []],
      [{ vary: false }, []],
    ] as const)
      expect(addSession(repeated, own, saved).multiValueHeaders).toMatchObject({
        "Set-Cookie": ["a=1", "b=2", ...cookies],
      });
  });

  test("an empty cookie of the handler does not hide the session's, with multi-value headers or without a load balancer", () => {
    const own = { statusCode: 200, headers: { "Set-Cookie": "" } };
    for (const received of [repeated, httpApiEvent1(), restApiEvent()])
      expect(addSession(received, own, CHANGED).multiValueHeaders).toMatchObject({
        "set-cookie": ["", COOKIE],
      });
  });

  test("a load balancer that sends one cookie gets the session's, and not the deletions of others", () => {
    const saved = { ...CHANGED, deletions: ["__Host-session=; Max-Age=0; Path=/; Secure; Partitioned"] };
    expect(addSession(single, { statusCode: 200 }, saved).headers).toMatchObject({ "set-cookie": COOKIE });
  });

  test("a load balancer that sends one cookie gets the handler's own where it reads it, if the session sends none", () => {
    const own = { statusCode: 200, multiValueHeaders: { "Set-Cookie": ["theme=dark"] } };
    for (const saved of [READ, { vary: false }])
      expect(addSession(single, own, saved).headers).toMatchObject({ "Set-Cookie": "theme=dark" });
  });

  test("two cookies of the handler's are an error too, because the load balancer would lose both", () => {
    const own = { statusCode: 200, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] } };
    for (const saved of [READ, { vary: false }])
      expect(() => addSession(single, own, saved)).toThrow("lambda.multi_value_headers.enabled");
  });

  test("a cookie of the handler's that does not fit beside the session's is an error with the remedy", () => {
    const own = { statusCode: 200, headers: { "set-cookie": "theme=dark" } };
    expect(() => addSession(single, own, CHANGED)).toThrow("lambda.multi_value_headers.enabled");
    expect(addSession(single, own, READ).headers).toMatchObject({ "set-cookie": "theme=dark" });
  });
});
