import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { GatewayRequest } from "../gateway/gateway-request.ts";
import { toEvent } from "../gateway/http-event.ts";
import { toEvent1 } from "../gateway/payload-1.ts";

/** Request that an event is created from. Everything is optional. */
export interface EventRequest {
  /** Method. Default: GET. */
  readonly method?: string;
  /** URL, absolute or relative to the default, `https://app.example.com/`. */
  readonly url?: string;
  /** Headers by name, including `cookie`. An array is a header that was sent several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Route key. Default: the method and the path. */
  readonly routeKey?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** Time of arrival. Default: now. */
  readonly time?: Date;
}

/** Default origin of events. */
export const APP_ORIGIN = "https://app.example.com";

/** Returns the event of an HTTP API, payload format 2.0. */
export function httpApiEvent(request: EventRequest = {}): APIGatewayProxyEventV2 {
  return toEvent(toGatewayRequest(request));
}

/** Returns the event of an HTTP API, payload format 1.0. */
export function httpApiEvent1(request: EventRequest = {}): APIGatewayProxyEvent {
  return toEvent1(toGatewayRequest(request));
}

/** Returns the event of a REST API: payload format 1.0 with the names of headers as the client sent them. */
export function restApiEvent(request: EventRequest = {}): APIGatewayProxyEvent {
  const { version: _, ...event } = toEvent1(toGatewayRequest(request));
  const given = valuesOf(request);
  const hasHost = given.some(([name]) => name.toLowerCase() === "host");
  const written = hasHost ? given : [hostOf(request), ...given];
  const last = written.map(([name, values]) => [name, values.at(-1)]);
  return { ...event, headers: Object.fromEntries(last), multiValueHeaders: Object.fromEntries(written) };
}

/** Returns the event of a function URL: payload format 2.0 without a route. */
export function functionUrlEvent(request: EventRequest = {}): APIGatewayProxyEventV2 {
  const url = new URL(request.url ?? "/", "https://abcdefghij.lambda-url.us-east-1.on.aws").href;
  const event = httpApiEvent({ ...request, url, routeKey: "$default" });
  return { ...event, requestContext: { ...event.requestContext, accountId: "anonymous" } };
}

/** Returns the context that Lambda passes to a handler. */
export function lambdaContext(functionName = "test"): Context {
  const nothing = () => {};
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
    memoryLimitInMB: "128",
    awsRequestId: "00000000-0000-4000-8000-000000000000",
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "test",
    getRemainingTimeInMillis: () => 10_000,
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}

/** Returns a request as API Gateway receives it. */
export function toGatewayRequest(request: EventRequest): GatewayRequest {
  const { method = "GET", body = "", pathParameters, time = new Date() } = request;
  const { host, pathname, search } = new URL(request.url ?? "/", APP_ORIGIN);
  const path = decodeURIComponent(pathname);
  return {
    method,
    path,
    queryString: search.slice(1),
    headers: new Map([["host", [host]], ...valuesOf(request).map(toLowerCaseName)]),
    body: Buffer.from(body as string),
    sourceIp: "192.0.2.1",
    requestId: "test-request",
    time,
    routeKey: request.routeKey ?? `${method} ${path}`,
    ...(pathParameters && { pathParameters }),
  };
}

type Values = readonly [name: string, values: string[]];

function valuesOf({ headers = {} }: EventRequest): Values[] {
  return Object.entries(headers).map(([name, value]) => [name, [value].flat()]);
}

function hostOf({ url = "/" }: EventRequest): Values {
  return ["Host", [new URL(url, APP_ORIGIN).host]];
}

function toLowerCaseName([name, values]: Values): Values {
  return [name.toLowerCase(), values];
}
