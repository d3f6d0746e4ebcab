import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { type HttpEvent, HttpRequest } from "../../../shared/lambda/http-event.ts";
import {
  functionUrlEvent,
  httpApiEvent,
  httpApiEvent1,
  restApiEvent,
} from "../../../shared/testing/events.ts";

const COOKIES = "a=1; session=xyz";

/** Returns all cookies that the session layer finds, one by one. */
function cookiesOf(event: HttpEvent): string[] {
  return new HttpRequest(event).cookies.flatMap((header) => header.split("; "));
}

function without2(event: APIGatewayProxyEventV2, cookies?: string[]): APIGatewayProxyEventV2 {
  const { cookies: _, ...rest } = event;
  return { ...rest, ...(cookies && { cookies }), headers: { ...rest.headers, cookie: COOKIES } };
}

function with1(change: object): APIGatewayProxyEvent {
  return { ...restApiEvent(), ...change };
}

describe("a request's cookies", () => {
  test.each<[string, HttpEvent]>([
    ["payload 2.0", httpApiEvent({ headers: { cookie: COOKIES } })],
    ["payload 2.0 with several Cookie headers", httpApiEvent({ headers: { cookie: COOKIES.split("; ") } })],
    ["payload 2.0 with the cookies in the headers only", without2(httpApiEvent())],
    ["payload 2.0 with an empty list of cookies beside the header", without2(httpApiEvent(), [])],
    ["a function URL", functionUrlEvent({ headers: { cookie: COOKIES } })],
    ["payload 1.0 of an HTTP API", httpApiEvent1({ headers: { cookie: COOKIES } })],
    ["payload 1.0 of a REST API", restApiEvent({ headers: { Cookie: COOKIES } })],
    ["payload 1.0 in capitals", restApiEvent({ headers: { COOKIE: COOKIES } })],
    ["payload 1.0 with several Cookie headers", restApiEvent({ headers: { Cookie: COOKIES.split("; ") } })],
    [
      "payload 1.0 without multiValueHeaders",
      with1({ headers: { cooKie: COOKIES }, multiValueHeaders: null }),
    ],
    [
      "payload 1.0 with multiValueHeaders only",
      with1({ headers: null, multiValueHeaders: { Cookie: [COOKIES] } }),
    ],
    [
      "payload 1.0 with other multiValueHeaders",
      with1({ headers: { Cookie: COOKIES }, multiValueHeaders: { Host: ["app.example.com"] } }),
    ],
  ])("cookies are found in %s", (_name, event) => {
    expect(cookiesOf(event)).toEqual(["a=1", "session=xyz"]);
  });

  test.each<[string, HttpEvent]>([
    ["payload 2.0", httpApiEvent()],
    ["a function URL", functionUrlEvent()],
    ["payload 1.0 of an HTTP API", httpApiEvent1()],
    ["payload 1.0 of a REST API", restApiEvent()],
    ["payload 1.0 that has no headers at all", with1({ headers: null, multiValueHeaders: null })],
    ["payload 2.0 that has no headers at all", { ...httpApiEvent(), headers: undefined } as never],
  ])("no cookies are found in %s without any", (_name, event) => {
    expect(cookiesOf(event)).toEqual([]);
  });
});

describe("a request's method and headers", () => {
  const request = { method: "PUT", headers: { Origin: "https://a.example" } };

  test.each<[string, HttpEvent]>([
    ["payload 2.0", httpApiEvent(request)],
    ["a function URL", functionUrlEvent(request)],
    ["payload 1.0 of an HTTP API", httpApiEvent1(request)],
    ["payload 1.0 of a REST API", restApiEvent(request)],
    ["payload 1.0 without multiValueHeaders", { ...restApiEvent(request), multiValueHeaders: null } as never],
  ])("method and headers are found in %s", (_name, event) => {
    const seen = new HttpRequest(event);
    expect([seen.method, seen.header("origin"), seen.header("referer")]).toEqual([
      "PUT",
      "https://a.example",
      undefined,
    ]);
  });
});

describe("a request's path and host", () => {
  const request = { url: "https://shop.example:8443/a%20b/c?d=1" };
  const rest = restApiEvent(request);

  test.each<[string, HttpEvent, path: string]>([
    ["payload 2.0", httpApiEvent(request), "/a b/c"],
    ["payload 1.0 of an HTTP API", httpApiEvent1(request), "/a b/c"],
    ["payload 1.0 of a REST API", rest, "/a b/c"],
    [
      "payload 1.0 of a REST API, with the stage that browsers see",
      { ...rest, requestContext: { ...rest.requestContext, path: "/prod/a b/c" } },
      "/prod/a b/c",
    ],
    [
      "an event of a load balancer, whose context has no path",
      { ...rest, path: "/a%20b/c", requestContext: { elb: { targetGroupArn: "arn" } } } as never,
      "/a%20b/c",
    ],
  ])("path and host are found in %s", (_name, event, path) => {
    const seen = new HttpRequest(event);
    expect([seen.path, seen.host]).toEqual([path, "shop.example:8443"]);
  });

  test("a function URL has its own host", () => {
    const seen = new HttpRequest(functionUrlEvent({ url: "/a" }));
    expect([seen.path, seen.host]).toEqual(["/a", "abcdefghij.lambda-url.us-east-1.on.aws"]);
  });

  test("an event that has neither gives an empty path and no host", () => {
    const seen = new HttpRequest({ headers: {}, requestContext: {} } as never);
    expect([seen.path, seen.host]).toEqual(["", undefined]);
  });
});
