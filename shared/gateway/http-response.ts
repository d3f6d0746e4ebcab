import { validateHeaderName, validateHeaderValue } from "node:http";

/** Response that is sent to the client. */
export interface HttpResponse {
  readonly statusCode: number;
  /** Header lines with names in lower case. A name may occur several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** True for a response of API Gateway itself, which no integration has returned. */
  readonly fromGateway?: true;
}

/** Reports a function's result for which API Gateway responds with 500. The message names the problem. */
export class InvalidResultError extends Error {
  override readonly name = "InvalidResultError";
}

/** Returns a response of API Gateway itself, such as 404 `{"message":"Not Found"}`. */
export function gatewayResponse(statusCode: number, message: string): HttpResponse {
  return { ...toJsonResponse(statusCode, JSON.stringify({ message })), fromGateway: true };
}

/**
 * Returns the response for a function's result, payload format 2.0. A result with a `statusCode` describes
 * the response; any other result is the body of a 200.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @param payload the result as JSON
 * @throws InvalidResultError if the result describes no valid response
 */
export function toResponse(payload: string): HttpResponse {
  const result: unknown = JSON.parse(payload);
  if (typeof result === "string") return toJsonResponse(200, result);
  if (!isObject(result) || !("statusCode" in result)) return toJsonResponse(200, payload);
  const cookies = expectArray(result.cookies, "cookies").map(
    (cookie) => ["set-cookie", toHeaderValue(cookie, "cookies")] as const,
  );
  return buildResponse(result, [...cookies, ...readHeaders(result.headers)]);
}

/** Checks and returns the `headers` of a result, with names in lower case. */
export function readHeaders(headers: unknown): [string, string][] {
  const entries = Object.entries(expectObject(headers, "headers"));
  return entries.map(([name, value]) => [
    name.toLowerCase(),
    toHeaderValue(value, `headers[${JSON.stringify(name)}]`),
  ]);
}

/**
 * Returns the response that a result with a `statusCode` describes, in either payload format.
 *
 * @param headers checked headers with names in lower case
 */
export function buildResponse(
  { statusCode, body, isBase64Encoded }: Readonly<Record<string, unknown>>,
  headers: readonly (readonly [string, string])[],
): HttpResponse {
  if (!Number.isInteger(statusCode) || Number(statusCode) < 200 || Number(statusCode) > 599)
    throw new InvalidResultError("statusCode must be an integer from 200 to 599");
  if (body !== undefined && body !== null && typeof body !== "string")
    throw new InvalidResultError("body must be a string; use JSON.stringify for an object");
  for (const [name, value] of headers) checkHeader(name, value);
  const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
  return { statusCode: statusCode as number, headers: withContentType(headers, bytes), body: bytes };
}

/** Returns a value that must be an object, or an empty object if it is absent. */
export function expectObject(value: unknown, name: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new InvalidResultError(`${name} must be an object`);
  return value;
}

/** Returns a value that must be an array, or an empty array if it is absent. */
export function expectArray(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new InvalidResultError(`${name} must be an array`);
  return value;
}

/** Returns a header's value, which must be a string, a number or a boolean, as a string. */
export function toHeaderValue(value: unknown, name: string): string {
  if (!["string", "number", "boolean"].includes(typeof value))
    throw new InvalidResultError(`${name} must be a string, a number or a boolean`);
  return String(value);
}

function toJsonResponse(statusCode: number, body: string): HttpResponse {
  return { statusCode, headers: [["content-type", "application/json"]], body: Buffer.from(body) };
}

function withContentType(headers: HttpResponse["headers"], body: Buffer): HttpResponse["headers"] {
  if (body.length === 0 || headers.some(([name]) => name === "content-type")) return headers;
  return [["content-type", "text/plain; charset=utf-8"], ...headers];
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (error) {
    throw new InvalidResultError(`headers[${JSON.stringify(name)}] is not a valid HTTP header`, {
      cause: error,
    });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
