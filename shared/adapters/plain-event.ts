import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** The parts of a request that the session layer reads, in a form of no framework. */
export interface PlainRequest {
  readonly method: string;
  /** The path, percent-encoded, without the query. */
  readonly path: string;
  /** The query without the question mark, percent-encoded. */
  readonly queryString: string;
  /** Headers by name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The values of the Cookie headers. */
  readonly cookies: readonly string[];
  /** The client's network address. Default: unknown. */
  readonly address?: string | undefined;
}

/**
 * Returns an event of payload format 2.0 for a request that came another way, so that `withSession`, the
 * guards and `refuse` take it. It has no body, and nothing that only API Gateway knows: no domain name, so
 * `originOf` needs PUBLIC_ORIGIN.
 */
export function toPlainEvent(request: PlainRequest): APIGatewayProxyEventV2 {
  const { method, path, queryString, headers, cookies, address } = request;
  const http = { method, path, protocol: "HTTP/1.1", sourceIp: address, userAgent: headers["user-agent"] };
  const event = {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: queryString,
    headers,
    cookies: [...cookies],
    requestContext: { http },
    isBase64Encoded: false,
  };
  return event as unknown as APIGatewayProxyEventV2;
}
