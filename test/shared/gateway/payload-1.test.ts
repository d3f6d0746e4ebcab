import { describe, expect, test } from "vitest";
import { InvalidResultError } from "../../../shared/gateway/http-response.ts";
import { toEvent1, toResponse1 } from "../../../shared/gateway/payload-1.ts";
import { gatewayRequest } from "./gateway-requests.ts";

describe("an event of payload format 1.0", () => {
  test("the event of AWS's example request is AWS's example of payload format 1.0", () => {
    const headers = new Map([
      ["content-type", ["text/plain"]],
      ["cookie", ["cookie1; cookie2"]],
      ["header2", ["value1", "value2"]],
      ["host", ["id.execute-api.us-east-1.amazonaws.com"]],
      ["user-agent", ["user-agent"]],
    ]);
    const { pathParameters: _, ...request } = gatewayRequest({
      method: "GET",
      routeKey: "GET /my/path",
      headers,
    });
    expect(toEvent1(request)).toMatchObject({
      version: "1.0",
      resource: "/my/path",
      path: "/my/path",
      httpMethod: "GET",
      headers: { cookie: "cookie1; cookie2", header2: "value2" },
      multiValueHeaders: { cookie: ["cookie1; cookie2"], header2: ["value1", "value2"] },
      queryStringParameters: { parameter1: "value2", parameter2: "value" },
      multiValueQueryStringParameters: { parameter1: ["value1", "value2"], parameter2: ["value"] },
      requestContext: {
        accountId: "123456789012",
        apiId: "local",
        authorizer: { claims: null, scopes: null },
        domainName: "id.execute-api.us-east-1.amazonaws.com",
        domainPrefix: "id",
        extendedRequestId: "id",
        httpMethod: "GET",
        identity: { sourceIp: "192.0.2.1", userAgent: "user-agent", userArn: null },
        path: "/my/path",
        protocol: "HTTP/1.1",
        requestId: "id",
        requestTime: "12/Mar/2020:19:03:58 +0000",
        requestTimeEpoch: 1584039838390,
        resourceId: null,
        resourcePath: "/my/path",
        stage: "$default",
      },
      pathParameters: null,
      stageVariables: null,
      body: "Hello from Lambda",
      isBase64Encoded: false,
    });
  });

  test("an event of payload format 1.0 has null for properties that the request does not have", () => {
    expect(toEvent1(gatewayRequest({ queryString: "", body: Buffer.alloc(0) }))).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
      isBase64Encoded: false,
    });
  });
});

describe("a result of payload format 1.0", () => {
  test("each of several header values becomes a line and replaces a single value", () => {
    const result = {
      statusCode: 200,
      headers: { "Content-Type": "text/html", "Set-Cookie": "dropped=1", "X-Count": 2 },
      multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
      body: "PGI+",
      isBase64Encoded: true,
    };
    expect(toResponse1(JSON.stringify(result))).toEqual({
      statusCode: 200,
      headers: [
        ["content-type", "text/html"],
        ["x-count", "2"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
      body: Buffer.from("<b>"),
    });
  });

  test.each([
    { message: "no status" },
    "text",
    null,
    { statusCode: 200, multiValueHeaders: { a: "not a list" } },
  ])("the result %j is rejected in payload format 1.0", (result) => {
    expect(() => toResponse1(JSON.stringify(result))).toThrow(InvalidResultError);
  });
});
