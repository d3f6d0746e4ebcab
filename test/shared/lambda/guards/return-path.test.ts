import type { ALBEventRequestContext, APIGatewayProxyEvent } from "aws-lambda";
import { describe, expect, test, vi } from "vitest";
import { returnPathOf, toOwnPath } from "../../../../shared/lambda/guards/return-path.ts";
import type { HttpEvent } from "../../../../shared/lambda/http-event.ts";
import {
  APP_ORIGIN,
  type EventRequest,
  functionUrlEvent,
  httpApiEvent,
  httpApiEvent1,
  restApiEvent,
} from "../../../../shared/testing/events.ts";

const FORMATS: readonly [string, (request?: EventRequest) => HttpEvent][] = [
  ["payload 2.0", httpApiEvent],
  ["a function URL", functionUrlEvent],
  ["payload 1.0 of an HTTP API", httpApiEvent1],
  ["payload 1.0 of a REST API", restApiEvent],
];

/** Paths that lead to another origin, or would if a browser or a proxy normalized them. */
const FOREIGN = [
  "//evil.example",
  "//evil.example/path?query",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r\n/evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "https://evil.example/",
  "https:evil.example",
  "javascript:alert(1)",
  "evil.example",
  "?query",
  "",
];

function post(headers: Record<string, string>, toEvent = httpApiEvent as (typeof FORMATS)[0][1]): HttpEvent {
  return toEvent({ method: "POST", url: "/transfer?draft=1", headers });
}

describe.each(FORMATS)("the return path in %s", (_name, toEvent) => {
  test.each(["/", "/account", "/search?q=a%20b&q=c", "/search?q=%26%3D%2F%2Fevil.example"])(
    "a page of the path %s is its own return path",
    (url) => {
      const [asked, back] = [url, returnPathOf(toEvent({ url }))].map((path) => new URL(path, APP_ORIGIN));
      expect(back?.pathname).toBe(asked?.pathname);
      expect([...(back?.searchParams ?? [])]).toEqual([...(asked?.searchParams ?? [])]);
    },
  );

  test("a HEAD request has the return path of the GET request", () => {
    expect(returnPathOf(toEvent({ method: "HEAD", url: "/account?tab=2" }))).toBe("/account?tab=2");
  });

  test("a form has the return path that the option names, before that of the Referer", () => {
    const event = toEvent({
      method: "POST",
      headers: { referer: `${APP_ORIGIN}/elsewhere`, host: "app.example.com" },
    });
    expect(returnPathOf(event, "/settings?tab=2")).toBe("/settings?tab=2");
  });

  test("a form has the path and query of its own page as the return path", () => {
    const headers = { Referer: `${APP_ORIGIN}/settings?tab=2`, Host: "app.example.com" };
    expect(returnPathOf(post(headers, toEvent))).toBe("/settings?tab=2");
  });

  test("a form without a Referer has the return path /", () => {
    expect(returnPathOf(post({}, toEvent))).toBe("/");
  });
});

describe("the return path of a page", () => {
  test.each([
    ["/über/☃", "/%C3%BCber/%E2%98%83"],
    ["/a b", "/a%20b"],
    ["/what?", "/what%3F"],
    ["/a#b", "/a%23b"],
    ["/a\r\nset-cookie: x=1", "/a%0D%0Aset-cookie:%20x=1"],
    ["/\\evil.example", "/%5Cevil.example"],
    ["/100%", "/100%25"],
    ["/a%20b", "/a%20b"],
    ["/\ud800", "/%EF%BF%BD"],
  ])("the decoded path %j that an HTTP API reports is encoded again: %s", (rawPath, encoded) => {
    expect(returnPathOf({ ...httpApiEvent(), rawPath })).toBe(encoded);
  });

  test.each(FOREIGN.filter((path) => !/[\\\s]/.test(path)))(
    "a request for the path %j has the return path /",
    (rawPath) => {
      expect(returnPathOf({ ...httpApiEvent(), rawPath })).toBe("/");
    },
  );

  test("the return path has the stage of a REST API, which only the context of the event names", () => {
    const event = restApiEvent({ url: "/account?tab=2" });
    const requestContext = { ...event.requestContext, path: "/prod/account" };
    expect(returnPathOf({ ...event, requestContext })).toBe("/prod/account?tab=2");
  });

  test("the parameters of a load balancer, which are encoded already, are not encoded again", () => {
    const elb: ALBEventRequestContext["elb"] = { targetGroupArn: "arn:aws:elasticloadbalancing:…" };
    const event = {
      ...restApiEvent({ url: "/search" }),
      requestContext: { elb },
      multiValueQueryStringParameters: { q: ["a%20b", "c"] },
    } as unknown as APIGatewayProxyEvent;
    expect(returnPathOf(event)).toBe("/search?q=a%20b&q=c");
  });

  test("the parameters of payload 1.0 are read from a handmade event with single values", () => {
    const event = { ...restApiEvent(), multiValueQueryStringParameters: null };
    expect(returnPathOf({ ...event, queryStringParameters: { q: "a b" } } as never)).toBe("/?q=a+b");
  });

  test.each([
    ["loses its query", `/list?${"q".repeat(1000)}`, "/list"],
    ["is /", `/${"p".repeat(1000)}`, "/"],
  ])("a return path of more than 1000 characters %s", (_what, url, expected) => {
    expect(returnPathOf(httpApiEvent({ url }))).toBe(expected);
  });

  test("an event without path, headers and context has the return path /", () => {
    expect(returnPathOf({} as never)).toBe("/");
  });
});

describe("the return path of a form", () => {
  test.each([
    "https://evil.example/settings",
    "https://app.example.com.evil.example/settings",
    "https://app.example.com@evil.example/settings",
    "https://evil.example/?https://app.example.com/",
    "https://app.example.com:8443/settings",
    "https://app.example.com//evil.example",
    "https://app.example.com/\\evil.example",
    "https://app.example.com/..//evil.example",
    "javascript://app.example.com/%0Aalert(1)//",
    "/settings",
    "null",
    "about:blank",
    "https://",
    "x".repeat(9000),
    "",
  ])("a form with the Referer %s has the return path /", (referer) => {
    expect(returnPathOf(post({ referer }))).toBe("/");
  });

  test("a line break in a Referer cannot begin another header", () => {
    expect(returnPathOf(post({ referer: `${APP_ORIGIN}/a\r\nset-cookie: x=1` }))).toBe("/aset-cookie:%20x=1");
  });

  test("a form behind a proxy is recognized by PUBLIC_ORIGIN", () => {
    const referer = "https://www.example.org/settings";
    expect(returnPathOf(post({ referer }))).toBe("/");
    vi.stubEnv("PUBLIC_ORIGIN", "https://www.example.org");
    expect(returnPathOf(post({ referer }))).toBe("/settings");
  });

  test("a form of the local run is recognized with its port", () => {
    const headers = { host: "localhost:3000", referer: "http://localhost:3000/settings" };
    expect(returnPathOf(post(headers))).toBe("/settings");
  });
});

describe("an own path", () => {
  test.each(FOREIGN)("%j is no own path", (path) => {
    expect(toOwnPath(path)).toBeUndefined();
  });

  test.each([
    ["/", "/"],
    ["/a/../b?c=//evil.example", "/b?c=//evil.example"],
    ["/a?b#fragment", "/a?b#fragment"],
    ["/@evil.example", "/@evil.example"],
    ["/a?b=\r\nset-cookie: x", "/a?b=set-cookie:%20x"],
    ["/<script>", "/%3Cscript%3E"],
  ])("%j is written as browsers write it: %s", (path, written) => {
    expect(toOwnPath(path)).toBe(written);
  });
});
