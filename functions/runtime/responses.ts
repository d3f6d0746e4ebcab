import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** Returns a response in plain text. */
export function text(body: string, statusCode = 200): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

/**
 * Returns a response with a value as JSON. A bigint becomes a string of its digits, bytes become a string in
 * Base64. The type has no charset parameter, because JSON is UTF-8 and defines none (RFC 8259, sections 8.1
 * and 11).
 */
export function json(value: unknown, statusCode = 200): APIGatewayProxyStructuredResultV2 {
  const body = JSON.stringify(value ?? null, toJson);
  return { statusCode, headers: { "content-type": "application/json" }, body };
}

/**
 * The replacer of `json`. It reads the value itself, since `toJSON` of a Buffer has made an object of the
 * argument.
 */
function toJson(this: Readonly<Record<string, unknown>>, key: string, item: unknown): unknown {
  const value = this[key];
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return typeof value === "bigint" ? `${value}` : item;
}

/** Returns a response that sends the browser to another page with GET (RFC 9110, section 15.4.4). */
export function seeOther(location: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 303, headers: { location } };
}
