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
