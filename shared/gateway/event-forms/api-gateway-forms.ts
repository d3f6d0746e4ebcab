import { toEvent } from "../http-event.ts";
import {
  buildResponse,
  expectObject,
  InvalidResultError,
  readHeaders,
  toResponse,
} from "../http-response.ts";
import { readMultiValueHeaders, toEvent1, toResponse1 } from "../payload-1.ts";
import { bufferedForm } from "./event-form.ts";
import { groupValues, lastValues, toForwardedLines, toGatewayRequest } from "./forwarded-request.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

/** HTTP API with payload format 2.0. */
export const HTTP_API_2 = bufferedForm(
  "HTTP API, payload 2.0",
  "all",
  (request) => toEvent(toGatewayRequest(request)),
  toResponse,
);

/** HTTP API with payload format 1.0. */
export const HTTP_API_1 = bufferedForm(
  "HTTP API, payload 1.0",
  "all",
  (request) => toEvent1(toGatewayRequest(request)),
  toResponse1,
);

/** URL of a function. It has the rules of payload format 2.0. */
export const FUNCTION_URL = bufferedForm("function URL", "all", toFunctionUrlEvent, toResponse);

/** REST API with proxy integration, and with all media types as binary ones: else bodies are strings. */
export const REST_API = bufferedForm("REST API", "all", toRestApiEvent, toRestApiResponse);

/**
 * Returns the event of a function URL.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function toFunctionUrlEvent(request: WireRequest): object {
  const event = toEvent(toGatewayRequest(request));
  return { ...event, requestContext: { ...event.requestContext, accountId: "anonymous" } };
}

/**
 * Returns the event of a REST API: names of headers as the client sent them, cookies as a header, and the
 * stage in the path of the context alone.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function toRestApiEvent(request: WireRequest): object {
  const { version: _, ...event } = toEvent1(toGatewayRequest(request));
  const lines = toForwardedLines(request);
  const body = request.body.length > 0 && { body: request.body.toString("base64"), isBase64Encoded: true };
  return {
    ...event,
    headers: lastValues(lines),
    multiValueHeaders: groupValues(lines),
    requestContext: { ...event.requestContext, stage: "prod", path: `/prod${event.path}` },
    ...body,
  };
}

/** Members of a result. Any other one makes it malformed, which is answered with 502. */
const RESULT_MEMBERS = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

/**
 * Returns the response of a REST API. `headers` and `multiValueHeaders` are merged; a pair that
 * both have occurs once. `WWW-Authenticate` gets another name.
 *
 * @throws InvalidResultError if the result describes no valid response
 */
function toRestApiResponse(payload: string): WireResponse {
  const result = expectObject(JSON.parse(payload), "the result");
  const stray = Object.keys(result).filter((name) => !RESULT_MEMBERS.includes(name));
  if (stray.length > 0)
    throw new InvalidResultError(
      `a REST API rejects the result's ${stray.join(" and ")}: return only ${RESULT_MEMBERS.join(", ")}`,
    );
  const multiple = readMultiValueHeaders(result.multiValueHeaders);
  const isRepeated = ([name, value]: readonly [string, string]) =>
    multiple.some(([other, own]) => other === name && own === value);
  const single = readHeaders(result.headers).filter((line) => !isRepeated(line));
  const lines = [...single, ...multiple].map(([name, value]) => [RENAMED[name] ?? name, value] as const);
  return buildResponse(result, lines);
}

/** Headers of a response that a REST API renames. */
const RENAMED: Readonly<Record<string, string>> = { "www-authenticate": "x-amzn-remapped-www-authenticate" };
