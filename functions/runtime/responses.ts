import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { html, type Markup } from "lambda-sessions";

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

/**
 * Returns a response with a page. Its Content Security Policy (Level 3) lets a browser run no script, load
 * nothing and show the page in no frame, whatever gets into its markup. For a year after it, browsers use
 * HTTPS alone for this host; over HTTP, as in the local run, they ignore that header (RFC 6797, section 8.1).
 */
export function page(title: string, body: Markup): APIGatewayProxyStructuredResultV2 {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'none'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
  };
  const head = html`<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n<title>${title}</title>`;
  return {
    statusCode: 200,
    headers,
    body: html`<!doctype html>\n<html lang="en">\n${head}\n${body}\n</html>\n`.html,
  };
}

/** Returns a response that sends the browser to another page with GET (RFC 9110, section 15.4.4). */
export function seeOther(location: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 303, headers: { location } };
}
