import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

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

/** Sends the browser to another page with GET (RFC 9110, section 15.4.4). */
export function seeOther(location: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 303, headers: { location } };
}
