import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { GatewayRequest } from "../gateway/gateway-request.ts";
import { toEvent } from "../gateway/http-event.ts";
import { toEvent1 } from "../gateway/payload-1.ts";

/** A request, from which each kind of event is made. Everything is optional. */
export interface EventRequest {
  /** Default: GET. */
  readonly method?: string;
  /** Default: `https://app.example.com/`; what is given may be relative to it. */
  readonly url?: string;
  /** By name; a list is of a header that came several times. `cookie` is one of them. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Default: the method and the path. */
  readonly routeKey?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** When the request arrives. Default: now. */
  readonly time?: Date;
}

/** Where events come from unless a test says otherwise. */
export const APP_ORIGIN = "https://app.example.com";

/** An HTTP API's event, payload format 2.0: made by what the local run makes them with. */
export function httpApiEvent(request: EventRequest = {}): APIGatewayProxyEventV2 {
  return toEvent(gatewayRequest(request));
}

/** An HTTP API's event, payload format 1.0. */
export function httpApiEvent1(request: EventRequest = {}): APIGatewayProxyEvent {
  return toEvent1(gatewayRequest(request));
}

/** A REST API's event: payload format 1.0, the names of headers as the client wrote them. */
export function restApiEvent(request: EventRequest = {}): APIGatewayProxyEvent {
  const { version: _, ...event } = toEvent1(gatewayRequest(request));
  const written = valuesOf(request);
  const last = written.map(([name, values]) => [name, values.at(-1)]);
  return { ...event, headers: Object.fromEntries(last), multiValueHeaders: Object.fromEntries(written) };
}

/** A function URL's event: payload format 2.0 without a route. */
export function functionUrlEvent(request: EventRequest = {}): APIGatewayProxyEventV2 {
  const url = new URL(request.url ?? "/", "https://abcdefghij.lambda-url.us-east-1.on.aws").href;
  const event = httpApiEvent({ ...request, url, routeKey: "$default" });
  return { ...event, requestContext: { ...event.requestContext, accountId: "anonymous" } };
}

/** What Lambda gives a handler beside the event. */
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
    getRemainingTimeInMillis: () => 3000,
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}

function gatewayRequest(request: EventRequest): GatewayRequest {
  const { method = "GET", body = "", pathParameters, time = new Date() } = request;
  const { host, pathname, search } = new URL(request.url ?? "/", APP_ORIGIN);
  const path = decodeURIComponent(pathname);
  return {
    method,
    path,
    queryString: search.slice(1),
    headers: new Map([["host", [host]], ...valuesOf(request).map(inLowerCase)]),
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

function inLowerCase([name, values]: Values): Values {
  return [name.toLowerCase(), values];
}
