import { isUtf8 } from "node:buffer";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { GatewayRequest } from "./gateway-request.ts";

/** Account of the API in every event. */
export const ACCOUNT_ID = "123456789012";

/** Id of the API in every event. */
export const API_ID = "local";

/**
 * Returns the event of a request, payload format 2.0. `domainName` is the host without its port, as on AWS;
 * the header `host` has both.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(request: GatewayRequest): APIGatewayProxyEventV2 {
  const { headers, routeKey, path, queryString, pathParameters } = request;
  const query = joinValues(parseQuery(queryString));
  const cookies = splitCookies(headers);
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: queryString,
    ...(cookies.length > 0 && { cookies }),
    headers: joinValues([...headers].filter(([name]) => name !== "cookie")),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: requestContext(request),
    ...(pathParameters && { pathParameters }),
    ...toEventBody(request),
  };
}

function requestContext(request: GatewayRequest): APIGatewayProxyEventV2["requestContext"] {
  const { method, path, headers, sourceIp, requestId, routeKey, time, authorizer } = request;
  return {
    accountId: ACCOUNT_ID,
    apiId: API_ID,
    ...(authorizer && { authorizer: { lambda: authorizer } }),
    ...readDomain(headers),
    http: { method, path, protocol: "HTTP/1.1", sourceIp, userAgent: headers.get("user-agent")?.[0] ?? "" },
    requestId,
    routeKey,
    stage: "$default",
    time: formatLogTime(time),
    timeEpoch: time.getTime(),
  };
}

/**
 * Returns the body as in events of both payload formats. An empty body is absent. A body with a content
 * coding, such as gzip, and one that is not UTF-8 are sent as Base64 whatever their type, because a string
 * would corrupt them. (AWS documents neither; not observed there.)
 */
export function toEventBody({ body, headers }: GatewayRequest): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText =
    isTextType(headers.get("content-type")?.[0]) && !headers.has("content-encoding") && isUtf8(body);
  return { body: body.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}

/**
 * Returns whether API Gateway sends a body as a string. AWS documents no list. Observed there: only these
 * types, so a form (`application/x-www-form-urlencoded`), `application/problem+json` and a body without a
 * type are sent as Base64.
 */
function isTextType(contentType = ""): boolean {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^text\/|^application\/(json|xml|javascript)$/.test(type);
}

/** Returns the decoded query parameters in the order of their first appearance, each with all its values. */
export function parseQuery(queryString: string): [string, string[]][] {
  const parameters = new URLSearchParams(queryString);
  return [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]);
}

/** Returns the API's domain name and its first label. */
export function readDomain(headers: GatewayRequest["headers"]): { domainName: string; domainPrefix: string } {
  const domainName = (headers.get("host")?.[0] ?? "localhost").replace(/:\d+$/, "");
  return { domainName, domainPrefix: domainName.split(".")[0] as string };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Formats a time as in the logs of web servers, such as `12/Mar/2020:19:03:58 +0000`. */
export function formatLogTime(time: Date): string {
  const [date = "", clock = ""] = time.toISOString().split("T");
  const [year, month, day] = date.split("-");
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}

function splitCookies(headers: GatewayRequest["headers"]): string[] {
  const pairs = (headers.get("cookie") ?? []).flatMap((header) => header.split(";"));
  return pairs.map((pair) => pair.trim()).filter((pair) => pair !== "");
}

function joinValues(values: readonly (readonly [string, readonly string[]])[]): Record<string, string> {
  return Object.fromEntries(values.map(([name, all]) => [name, all.join(",")]));
}
