import { validateHeaderName, validateHeaderValue } from "node:http";

/** Response as it is sent to the client. */
export interface HttpResponse {
  readonly statusCode: number;
  /** Names in lower case. Several entries of one name are several header lines. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/**
 * Error for a function's result that API Gateway answers with 500. The message says what is wrong with it.
 */
export class InvalidResultError extends Error {
  override readonly name = "InvalidResultError";
}

/** Returns a response of API Gateway itself, such as 404 `{"message":"Not Found"}`. */
export function gatewayAnswer(statusCode: number, message: string): HttpResponse {
  return json(statusCode, JSON.stringify({ message }));
}

/**
 * Returns the response of a function's result, payload format 2.0. With a `statusCode` the result describes
 * the response, without one it is the body of a 200.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @param payload the result as JSON
 * @throws InvalidResultError
 */
export function toResponse(payload: string): HttpResponse {
  const result: unknown = JSON.parse(payload);
  if (typeof result === "string") return json(200, result);
  if (!isObject(result) || !("statusCode" in result)) return json(200, payload);
  const cookies = listOf(result.cookies, "cookies").map(
    (cookie) => ["set-cookie", text(cookie, "cookies")] as const,
  );
  return assemble(result, [...cookies, ...singleHeaders(result.headers)]);
}

/** Checks and returns the `headers` of a result, with names in lower case. */
export function singleHeaders(headers: unknown): [string, string][] {
  const entries = Object.entries(objectOf(headers, "headers"));
  return entries.map(([name, value]) => [
    name.toLowerCase(),
    text(value, `headers[${JSON.stringify(name)}]`),
  ]);
}

/**
 * Returns the response that a result with a `statusCode` describes, in either payload format.
 *
 * @param headers checked headers with names in lower case
 */
export function assemble(
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

/** Checks that a value is an object. An absent one is empty. */
export function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new InvalidResultError(`${name} must be an object`);
  return value;
}

/** Checks that a value is an array. An absent one is empty. */
export function listOf(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new InvalidResultError(`${name} must be an array`);
  return value;
}

/** Returns a header's value, which is given as a string, a number or a boolean. */
export function text(value: unknown, name: string): string {
  if (!["string", "number", "boolean"].includes(typeof value))
    throw new InvalidResultError(`${name} must be a string, a number or a boolean`);
  return String(value);
}

function json(statusCode: number, body: string): HttpResponse {
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
