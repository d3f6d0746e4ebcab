import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gatewayResponse, InvalidResultError, toResponse } from "../../../shared/gateway/http-response.ts";

function respond(result: unknown) {
  const { statusCode, headers, body } = toResponse(JSON.stringify(result));
  return { statusCode, headers, body: body.toString() };
}

const JSON_TYPE = ["content-type", "application/json"];

describe("a result without a statusCode", () => {
  test.each([
    ["Hello from Lambda!", "Hello from Lambda!"],
    [{ message: "Hello from Lambda!" }, '{"message":"Hello from Lambda!"}'],
    [{ body: "not read", headers: { a: "b" } }, '{"body":"not read","headers":{"a":"b"}}'],
    [[1, 2], "[1,2]"],
    [42, "42"],
    [false, "false"],
    [null, "null"],
  ])("the result %j without a statusCode is the body of a 200 with JSON", (result, body) => {
    expect(respond(result)).toEqual({ statusCode: 200, headers: [JSON_TYPE], body });
  });
});

describe("a result with a statusCode", () => {
  test("a result with a statusCode becomes a response with header names in lower case", () => {
    const headers = { "Content-Type": "text/html", "X-Count": 3, "X-Flag": true };
    expect(respond({ statusCode: 201, headers, body: "<p>ö</p>" })).toEqual({
      statusCode: 201,
      headers: [
        ["content-type", "text/html"],
        ["x-count", "3"],
        ["x-flag", "true"],
      ],
      body: "<p>ö</p>",
    });
  });

  test("each cookie of a result becomes a Set-Cookie line before one of the headers", () => {
    const { headers } = respond({
      statusCode: 204,
      cookies: ["a=1; Path=/", "b=2"],
      headers: { "Set-Cookie": "c=3" },
    });
    expect(headers).toEqual([
      ["set-cookie", "a=1; Path=/"],
      ["set-cookie", "b=2"],
      ["set-cookie", "c=3"],
    ]);
  });

  test("a body without a content type is text/plain, and a response without a body has no type", () => {
    expect(respond({ statusCode: 200, body: "x" }).headers).toEqual([
      ["content-type", "text/plain; charset=utf-8"],
    ]);
    expect(respond({ statusCode: 303, headers: { location: "/" } }).headers).toEqual([["location", "/"]]);
  });

  test("a Base64 body of a result becomes bytes", () => {
    const bytes = Buffer.from([0, 255, 128]);
    const result = { statusCode: 200, body: bytes.toString("base64"), isBase64Encoded: true };
    expect(toResponse(JSON.stringify(result)).body).toEqual(bytes);
  });

  test.each([
    [{ statusCode: "200" }, "statusCode must be an integer from 200 to 599"],
    [{ statusCode: 200.5 }, "statusCode must be an integer from 200 to 599"],
    [{ statusCode: 100 }, "statusCode must be an integer from 200 to 599"],
    [{ statusCode: null }, "statusCode must be an integer from 200 to 599"],
    [{ statusCode: 200, body: { a: 1 } }, "body must be a string; use JSON.stringify for an object"],
    [{ statusCode: 200, headers: ["a"] }, "headers must be an object"],
    [{ statusCode: 200, headers: { a: ["b"] } }, 'headers["a"] must be a string, a number or a boolean'],
    [{ statusCode: 200, headers: { "a b": "c" } }, 'headers["a b"] is not a valid HTTP header'],
    [{ statusCode: 200, headers: { a: "b\r\nc: d" } }, 'headers["a"] is not a valid HTTP header'],
    [{ statusCode: 200, cookies: "a=1" }, "cookies must be an array"],
    [{ statusCode: 200, cookies: [{}] }, "cookies must be a string, a number or a boolean"],
  ])("the result %j is rejected with an error that names the problem", (result, problem) => {
    expect(() => respond(result)).toThrow(new InvalidResultError(problem));
  });
});

test("any result becomes a response or an InvalidResultError", () => {
  const result = fc.record(
    {
      statusCode: fc.constantFrom(200, 0, "200"),
      headers: fc.jsonValue(),
      cookies: fc.jsonValue(),
      body: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(result, fc.jsonValue()), (value) => {
      try {
        expect(toResponse(JSON.stringify(value)).statusCode).toBe(200);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidResultError);
      }
    }),
  );
});

test("responses of API Gateway itself are JSON with a message", () => {
  expect(gatewayResponse(404, "Not Found")).toEqual({
    statusCode: 404,
    headers: [JSON_TYPE],
    body: Buffer.from('{"message":"Not Found"}'),
    fromGateway: true,
  });
});
