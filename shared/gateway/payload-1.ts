import type { APIGatewayProxyEvent } from "aws-lambda";
import type { GatewayRequest } from "./gateway-request.ts";
import { ACCOUNT_ID, API_ID, commonLogTime, domainOf, eventBody, queryParameters } from "./http-event.ts";
import {
  assemble,
  type HttpResponse,
  InvalidResultError,
  listOf,
  objectOf,
  singleHeaders,
  text,
} from "./http-response.ts";

/**
 * Returns the event of a request, payload format 1.0, as HTTP APIs send it: header names in lower case,
 * cookies as a header, the last of several values where there is room for one.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent1(request: GatewayRequest): APIGatewayProxyEvent & { readonly version: "1.0" } {
  const { method, path, headers, queryString, pathParameters } = request;
  const query = queryParameters(queryString);
  return {
    version: "1.0",
    resource: resourceOf(request),
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
    ...eventBody(request),
  };
}

/**
 * Returns the response of a function's result, payload format 1.0. Unlike in format 2.0 nothing is inferred,
 * and `multiValueHeaders` are the header lines.
 *
 * @param payload the result as JSON
 * @throws InvalidResultError
 */
export function toResponse1(payload: string): HttpResponse {
  const result: unknown = JSON.parse(payload);
  if (typeof result !== "object" || result === null || !("statusCode" in result))
    throw new InvalidResultError("payload format 1.0 needs an object with a statusCode");
  const { headers, multiValueHeaders } = result as Record<string, unknown>;
  const multiple = Object.entries(objectOf(multiValueHeaders, "multiValueHeaders")).flatMap(
    ([name, values]) =>
      listOf(values, "multiValueHeaders").map((value) => [name.toLowerCase(), text(value, name)] as const),
  );
  const single = singleHeaders(headers).filter(([name]) => !multiple.some(([other]) => other === name));
  return assemble(result as Record<string, unknown>, [...single, ...multiple]);
}

function requestContext(request: GatewayRequest): APIGatewayProxyEvent["requestContext"] {
  const { method, path, requestId, time } = request;
  return {
    accountId: ACCOUNT_ID,
    apiId: API_ID,
    authorizer: { claims: null, scopes: null },
    ...domainOf(request.headers),
    extendedRequestId: requestId,
    httpMethod: method,
    identity: identity(request),
    path,
    protocol: "HTTP/1.1",
    requestId,
    requestTime: commonLogTime(time),
    requestTimeEpoch: time.getTime(),
    // Null on AWS too; @types/aws-lambda describes REST APIs, which have one.
    resourceId: null as unknown as string,
    resourcePath: resourceOf(request),
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
function resourceOf({ routeKey }: GatewayRequest): string {
  return routeKey.split(" ").at(-1) as string;
}

type Values = readonly (readonly [string, readonly string[]])[];

function lastOf(values: Values): Record<string, string> {
  return Object.fromEntries(values.map(([name, all]) => [name, all.at(-1) ?? ""]));
}

function allOf(values: Values): Record<string, string[]> {
  return Object.fromEntries(values.map(([name, all]) => [name, [...all]]));
}
