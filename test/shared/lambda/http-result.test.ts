import { describe, expect, test } from "vitest";
import {
  addSession,
  type HandlerResult,
  type HttpResult,
  toHttpResult,
} from "../../../shared/lambda/http-result.ts";
import type { SavedSession } from "../../../shared/session/session-interface.ts";
import {
  functionUrlEvent,
  httpApiEvent,
  httpApiEvent1,
  restApiEvent,
} from "../../../shared/testing/events.ts";

describe("what a handler returns", () => {
  test.each<[string, HandlerResult, body: string]>([
    ["a text", "hello", "hello"],
    ["an empty text", "", ""],
    ["a text that is JSON", '{"a":1}', '{"a":1}'],
    ["an object", { visits: 1 }, '{"visits":1}'],
    ["an object with a body but no status", { body: "hello", headers: {} }, '{"body":"hello","headers":{}}'],
    ["an empty object", {}, "{}"],
    ["an array", [1, "a"], '[1,"a"]'],
    ["a number", 42, "42"],
    ["zero", 0, "0"],
    ["true", true, "true"],
    ["false", false, "false"],
    ["null", null, "null"],
    ["nothing", undefined, "null"],
  ])("becomes a 200 with JSON when it is %s, as API Gateway does it", (_name, result, body) => {
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
  ])("stays as it is when it has a status: %s", (_name, result) => {
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

  test("stays as it is when the session was not used", () => {
    const result = { statusCode: 200, headers: { vary: "Accept" }, body: "hello" };
    expect(addSession(event, result, NOTHING)).toEqual(result);
  });

  test("varies by the cookie when the session was only read, and may be stored", () => {
    expect(add(READ, { "content-type": "text/plain" })).toEqual({
      statusCode: 200,
      headers: { "content-type": "text/plain", vary: "Cookie" },
    });
  });

  test("gets the cookie, and is not to be stored, when the session was changed", () => {
    expect(add(CHANGED)).toEqual({
      statusCode: 200,
      headers: { vary: "Cookie", "cache-control": "no-store" },
      cookies: [COOKIE],
    });
  });

  test("keeps the handler's own cookies, in front", () => {
    expect(add(CHANGED, {}, ["theme=dark", "lang=en"]).cookies).toEqual(["theme=dark", "lang=en", COOKIE]);
    expect(add(READ, {}, ["theme=dark"]).cookies).toEqual(["theme=dark"]);
  });

  test("to a function URL is the same", () => {
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
  ])("adds to a Vary of the handler, whatever its case: %j", (given, expected) => {
    expect(add(READ, given).headers).toEqual(expected);
  });

  test.each<[Headers]>([
    [{ "cache-control": "private, max-age=60" }],
    [{ "Cache-Control": "no-cache" }],
    [{ "CACHE-CONTROL": "public" }],
  ])("leaves a Cache-Control of the handler alone, whatever its case: %j", (given) => {
    expect(add(CHANGED, given).headers).toEqual({ ...given, vary: "Cookie" });
  });

  test("is not misled by multiValueHeaders, which payload 2.0 does not know", () => {
    const multiValueHeaders = { Vary: ["Accept"], "Cache-Control": ["public"] };
    const { headers } = addSession(event, { statusCode: 200, multiValueHeaders }, CHANGED);
    expect(headers).toEqual({ vary: "Cookie", "cache-control": "no-store" });
  });

  test("is a new object: the handler may give the same one each time", () => {
    const result = Object.freeze({ statusCode: 200, headers: Object.freeze({}), cookies: ["a=1"] });
    expect(addSession(event, result, CHANGED).cookies).toEqual(["a=1", COOKIE]);
    expect(result).toEqual({ statusCode: 200, headers: {}, cookies: ["a=1"] });
  });
});

describe.each([
  ["an HTTP API", httpApiEvent1()],
  ["a REST API", restApiEvent()],
])("a response to payload 1.0 of %s", (_name, event) => {
  /** What the client gets. No name may stand in both places: one kind of API merges them, another hides one. */
  function received({ headers = {}, multiValueHeaders = {} }: HttpResult): Record<string, unknown[]> {
    const single = Object.entries(headers).map(([name, value]): [string, unknown[]] => [name, [value]]);
    const all = [...single, ...Object.entries(multiValueHeaders)];
    const names = all.map(([name]) => name.toLowerCase());
    expect(names).toEqual([...new Set(names)]);
    return Object.fromEntries(all.map(([name, values]) => [name.toLowerCase(), values]));
  }

  test("gets the cookie as a header", () => {
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
  ])("keeps the handler's own cookie in %s", (_where, own) => {
    const result = addSession(event, { statusCode: 200, ...own }, CHANGED);
    expect(received(result)["set-cookie"]).toEqual(["a=1", COOKIE]);
  });

  test("keeps the handler's own cookies in both", () => {
    const own = { headers: { "set-cookie": "a=1" }, multiValueHeaders: { "Set-Cookie": ["b=2", "c=3"] } };
    const result = addSession(event, { statusCode: 200, ...own }, CHANGED);
    expect(received(result)["set-cookie"]).toEqual(["a=1", "b=2", "c=3", COOKIE]);
  });

  test("varies by the cookie where the handler gave Vary several values", () => {
    const own = { multiValueHeaders: { Vary: ["Accept", "Origin"] } };
    const { vary = [] } = received(addSession(event, { statusCode: 200, ...own }, READ));
    expect(vary.join(", ")).toBe("Accept, Origin, Cookie");
  });

  test.each([["Cookie"], ["*"]])("varies by the cookie only once (%s)", (value) => {
    const own = { multiValueHeaders: { Vary: ["Accept", value] } };
    expect(received(addSession(event, { statusCode: 200, ...own }, READ)).vary).toEqual(["Accept", value]);
  });

  test("is a new object here too", () => {
    const multiValueHeaders = Object.freeze({ vary: Object.freeze(["Accept"]) as string[] });
    const result = addSession(event, Object.freeze({ statusCode: 200, multiValueHeaders }), CHANGED);
    expect(received(result).vary).toEqual(["Accept", "Cookie"]);
    expect(multiValueHeaders).toEqual({ vary: ["Accept"] });
  });

  test("leaves a Cache-Control in multiValueHeaders alone", () => {
    const own = { multiValueHeaders: { "Cache-Control": ["private"] } };
    expect(received(addSession(event, { statusCode: 200, ...own }, CHANGED))["cache-control"]).toEqual([
      "private",
    ]);
  });
});
