import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { toEvent } from "../../../shared/gateway/http-event.ts";
import { gatewayRequest } from "./gateway-requests.ts";

describe("an event of payload format 2.0", () => {
  test("the event of AWS's example request is AWS's example of payload format 2.0", () => {
    expect(toEvent(gatewayRequest())).toEqual({
      version: "2.0",
      routeKey: "$default",
      rawPath: "/my/path",
      rawQueryString: "parameter1=value1&parameter1=value2&parameter2=value",
      cookies: ["cookie1", "cookie2"],
      headers: {
        "content-type": "text/plain",
        header1: "value1",
        header2: "value1,value2",
        host: "id.execute-api.us-east-1.amazonaws.com",
        "user-agent": "agent",
      },
      queryStringParameters: { parameter1: "value1,value2", parameter2: "value" },
      requestContext: {
        accountId: "123456789012",
        apiId: "local",
        domainName: "id.execute-api.us-east-1.amazonaws.com",
        domainPrefix: "id",
        http: {
          method: "POST",
          path: "/my/path",
          protocol: "HTTP/1.1",
          sourceIp: "192.0.2.1",
          userAgent: "agent",
        },
        requestId: "id",
        routeKey: "$default",
        stage: "$default",
        time: "12/Mar/2020:19:03:58 +0000",
        timeEpoch: 1584039838390,
      },
      body: "Hello from Lambda",
      pathParameters: { parameter1: "value1" },
      isBase64Encoded: false,
    });
  });

  test("an event of payload format 2.0 lacks properties that the request does not have", () => {
    const { pathParameters: _, ...request } = gatewayRequest({
      queryString: "",
      headers: new Map(),
      body: Buffer.alloc(0),
    });
    expect(Object.keys(toEvent(request))).toEqual([
      "version",
      "routeKey",
      "rawPath",
      "rawQueryString",
      "headers",
      "requestContext",
      "isBase64Encoded",
    ]);
  });

  test("an event has decoded query parameters and the raw query string", () => {
    const queryString =
      "repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa%2Fb&plus=a+b&encoded=a%2Bb&empty=&none&__proto__=x&bad=%zz";
    const { rawQueryString, queryStringParameters } = toEvent(gatewayRequest({ queryString }));
    expect(rawQueryString).toBe(queryString);
    expect(Object.entries(queryStringParameters ?? {})).toEqual([
      ["repeat", "one,two"],
      ["redirect", "https://example.com/a/b"],
      ["plus", "a b"],
      ["encoded", "a+b"],
      ["empty", ""],
      ["none", ""],
      ["__proto__", "x"],
      ["bad", "%zz"],
    ]);
  });

  test.each([
    [["a=1; b=2"], ["a=1", "b=2"]],
    [["a=1;b=2;"], ["a=1", "b=2"]],
    [
      ["a=1", "a=2; c"],
      ["a=1", "a=2", "c"],
    ],
    [['a="x; y"'], ['a="x', 'y"']],
  ])("the cookie headers %j become the cookies %j", (headers, cookies) => {
    const event = toEvent(gatewayRequest({ headers: new Map([["cookie", headers]]) }));
    expect(event.cookies).toEqual(cookies);
    expect(event.headers).toEqual({});
  });

  test("domainName lacks the port that the header host has", () => {
    const event = toEvent(gatewayRequest({ headers: new Map([["host", ["localhost:3000"]]]) }));
    expect(event.requestContext).toMatchObject({ domainName: "localhost", domainPrefix: "localhost" });
    expect(event.headers.host).toBe("localhost:3000");
  });
});

describe("a body", () => {
  const eventOf = (contentType: string | undefined, body: Buffer) =>
    toEvent(gatewayRequest({ headers: new Map(contentType ? [["content-type", [contentType]]] : []), body }));

  test.each([
    "text/plain",
    "text/html; charset=utf-8",
    "application/json",
    "application/json;charset=utf-8",
    "Application/JSON",
    "application/xml",
    "application/javascript",
  ])("a body of type %s is a string", (contentType) => {
    expect(eventOf(contentType, Buffer.from("bödy"))).toMatchObject({ body: "bödy", isBase64Encoded: false });
  });

  test.each([
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/problem+json",
    "image/svg+xml",
    undefined,
  ])("a body of type %s is Base64", (contentType) => {
    expect(eventOf(contentType, Buffer.from("name=Ada"))).toMatchObject({
      body: "bmFtZT1BZGE=",
      isBase64Encoded: true,
    });
  });

  test("a JSON body with a content coding reaches the function as Base64, unchanged", () => {
    const body = gzipSync('{"a":1}');
    const headers = new Map([
      ["content-type", ["application/json"]],
      ["content-encoding", ["gzip"]],
    ]);
    expect(toEvent(gatewayRequest({ headers, body }))).toMatchObject({
      body: body.toString("base64"),
      isBase64Encoded: true,
      headers: { "content-encoding": "gzip" },
    });
  });

  test("a text body that is not UTF-8 reaches the function as Base64, unchanged", () => {
    const event = eventOf("text/plain; charset=iso-8859-1", Buffer.from("caf\xe9", "latin1"));
    expect(event).toMatchObject({ body: "Y2Fm6Q==", isBase64Encoded: true });
  });

  test("any bytes of a body are unchanged in Base64", () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const { body } = eventOf("application/octet-stream", bytes);
    expect(Buffer.from(body ?? "", "base64")).toEqual(bytes);
  });
});
