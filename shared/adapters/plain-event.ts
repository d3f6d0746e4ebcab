import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** The parts of a request that the session layer reads, in a form of no framework. */
export interface PlainRequest {
  readonly method: string;
  /** The path, percent-encoded, without the query. */
  readonly path: string;
  /** The values of the Cookie headers. */
  readonly cookies: readonly string[];
  /** The client's network address. Default: unknown. */
  readonly address?: string | undefined;
}

/**
 * Returns an event of payload format 2.0 for a request that came another way, so that `withSession`, the
 * guards and `refuse` take it. It has no body, and nothing that only API Gateway knows: no domain name, so
 * `originOf` needs PUBLIC_ORIGIN.
 *
 * @param headers by name in lower case
 * @param rawQueryString the query without the question mark, percent-encoded
 */
export function toPlainEvent(
  { method, path, cookies, address }: PlainRequest,
  headers: Readonly<Record<string, string | undefined>>,
  rawQueryString = "",
): APIGatewayProxyEventV2 {
  const http = { method, path, sourceIp: address, userAgent: headers["user-agent"] };
  const event = {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString,
    headers,
    cookies,
    requestContext: { http },
  };
  return event as unknown as APIGatewayProxyEventV2;
}
