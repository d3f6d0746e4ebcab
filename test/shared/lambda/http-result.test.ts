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

  test("a response varies by the cookie and may be stored when the session was only read", () => {
    expect(add(READ, { "content-type": "text/plain" })).toEqual({
      statusCode: 200,
      headers: { "content-type": "text/plain", vary: "Cookie" },
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
    expect(add(READ, given).headers).toEqual(expected);
  });

  test.each<[Headers]>([
    [{ "cache-control": "private, max-age=60" }],
    [{ "Cache-Control": "no-cache" }],
    [{ "CACHE-CONTROL": "public" }],
  ])("the handler's Cache-Control stays, whatever its case: %j", (given) => {
    expect(add(CHANGED, given).headers).toEqual({ ...given, vary: "Cookie" });
  });

  test("multiValueHeaders, which payload 2.0 does not have, are ignored", () => {
    const multiValueHeaders = { Vary: ["Accept"], "Cache-Control": ["public"] };
    const { headers } = addSession(event, { statusCode: 200, multiValueHeaders }, CHANGED);
    expect(headers).toEqual({ vary: "Cookie", "cache-control": "no-store" });
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

  test("a response of payload 1.0 is a new object", () => {
    const multiValueHeaders = Object.freeze({ vary: Object.freeze(["Accept"]) as string[] });
    const result = addSession(event, Object.freeze({ statusCode: 200, multiValueHeaders }), CHANGED);
    expect(received(result).vary).toEqual(["Accept", "Cookie"]);
    expect(multiValueHeaders).toEqual({ vary: ["Accept"] });
  });

  test("the handler's Cache-Control in multiValueHeaders stays", () => {
    const own = { multiValueHeaders: { "Cache-Control": ["private"] } };
    expect(received(addSession(event, { statusCode: 200, ...own }, CHANGED))["cache-control"]).toEqual([
      "private",
    ]);
  });
});
