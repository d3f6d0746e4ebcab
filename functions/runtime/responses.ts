import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Markup } from "lambda-sessions";
import { html } from "./html.ts";

/** A response in plain text. */
export function text(body: string, statusCode = 200): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

/** A response with a value as JSON; a bigint becomes its digits and bytes become base64, both as text. */
export function json(value: unknown): APIGatewayProxyStructuredResultV2 {
  const body = JSON.stringify(value, (_key, item) => {
    if (typeof item === "bigint") return `${item}`;
    return item instanceof Uint8Array ? Buffer.from(item).toString("base64") : item;
  });
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

/**
 * A response with a page that loads nothing: a browser runs no script and applies no style in it, whatever gets into its
 * markup, and lets nobody frame it (Content Security Policy Level 3).
 */
export function page(title: string, body: Markup): APIGatewayProxyStructuredResultV2 {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'none'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
  };
  const head = html`<meta charset="utf-8">\n<link rel="icon" href="data:,">\n<title>${title}</title>`;
  return {
    statusCode: 200,
    headers,
    body: html`<!doctype html>\n<html lang="en">\n${head}\n${body}\n</html>\n`.html,
  };
}

/** Sends the browser to another page with GET (RFC 9110, section 15.4.4). */
export function seeOther(location: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 303, headers: { location } };
}
