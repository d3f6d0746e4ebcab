import type { APIGatewayProxyEvent } from "aws-lambda";
import type { GatewayRequest } from "./gateway-request.ts";
import { ACCOUNT_ID, API_ID, formatLogTime, parseQuery, readDomain, toEventBody } from "./http-event.ts";
import {
  buildResponse,
  expectArray,
  expectObject,
  type HttpResponse,
  InvalidResultError,
  readHeaders,
  toHeaderValue,
} from "./http-response.ts";

/**
 * Returns the event of a request, payload format 1.0, as HTTP APIs send it: header names in lower case,
 * cookies as a header, and the last value where a property holds only one.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent1(request: GatewayRequest): APIGatewayProxyEvent & { readonly version: "1.0" } {
  const { method, path, headers, queryString, pathParameters } = request;
  const query = parseQuery(queryString);
  return {
    version: "1.0",
    resource: toResource(request),
    path,
    httpMethod: method,
    headers: lastOf([...headers]),
    multiValueHeaders: allOf([...headers]),
    queryStringParameters: query.length > 0 ? lastOf(query) : null,
    multiValueQueryStringParameters: query.length > 0 ? allOf(query) : null,
    requestContext: requestContext(request),
    pathParameters: pathParameters ?? null,
    stageVariables: null,
    body: null,
    ...toEventBody(request),
  };
}

/**
 * Returns the response for a function's result, payload format 1.0. Unlike in format 2.0, nothing is
 * inferred, and `multiValueHeaders` contains header lines.
 *
 * @param payload the result as JSON
 * @throws InvalidResultError if the result describes no valid response
 */
export function toResponse1(payload: string): HttpResponse {
  const result: unknown = JSON.parse(payload);
  if (typeof result !== "object" || result === null || !("statusCode" in result))
    throw new InvalidResultError("the result must be an object with a statusCode in payload format 1.0");
  const { headers, multiValueHeaders } = result as Record<string, unknown>;
  const multiple = readMultiValueHeaders(multiValueHeaders);
  const single = readHeaders(headers).filter(([name]) => !multiple.some(([other]) => other === name));
  return buildResponse(result as Record<string, unknown>, [...single, ...multiple]);
}

/** Checks and returns the `multiValueHeaders` of a result, with names in lower case. */
export function readMultiValueHeaders(multiValueHeaders: unknown): [string, string][] {
  const entries = Object.entries(expectObject(multiValueHeaders, "multiValueHeaders"));
  return entries.flatMap(([name, values]) =>
    expectArray(values, "multiValueHeaders").map((value): [string, string] => [
      name.toLowerCase(),
      toHeaderValue(value, name),
    ]),
  );
}

function requestContext(request: GatewayRequest): APIGatewayProxyEvent["requestContext"] {
  const { method, path, requestId, time } = request;
  return {
    accountId: ACCOUNT_ID,
    apiId: API_ID,
    authorizer: request.authorizer ?? { claims: null, scopes: null },
    ...readDomain(request.headers),
    extendedRequestId: requestId,
    httpMethod: method,
    identity: identity(request),
    path,
    protocol: "HTTP/1.1",
    requestId,
    requestTime: formatLogTime(time),
    requestTimeEpoch: time.getTime(),
    // Null on AWS too. @types/aws-lambda describes REST APIs, which have a resource id.
    resourceId: null as unknown as string,
    resourcePath: toResource(request),
    stage: "$default",
  };
}

function identity({ sourceIp, headers }: GatewayRequest): APIGatewayProxyEvent["requestContext"]["identity"] {
  const nobody = {
    accessKey: null,
    accountId: null,
    apiKey: null,
    apiKeyId: null,
    caller: null,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    user: null,
    userArn: null,
  };
  return { ...nobody, sourceIp, userAgent: headers.get("user-agent")?.[0] ?? null };
}

/** Returns the path of the route key. `$default` has none. */
function toResource({ routeKey }: GatewayRequest): string {
  return routeKey.split(" ").at(-1) as string;
}

type Values = readonly (readonly [string, readonly string[]])[];

function lastOf(values: Values): Record<string, string> {
  return Object.fromEntries(values.map(([name, all]) => [name, all.at(-1) ?? ""]));
}

function allOf(values: Values): Record<string, string[]> {
  return Object.fromEntries(values.map(([name, all]) => [name, [...all]]));
}
