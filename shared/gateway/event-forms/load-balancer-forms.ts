import { toEventBody } from "../http-event.ts";
import { buildResponse, expectObject, readHeaders } from "../http-response.ts";
import { readMultiValueHeaders } from "../payload-1.ts";
import { bufferedForm, type EventForm } from "./event-form.ts";
import {
  encodedParameters,
  groupValues,
  lastValues,
  toGatewayRequest,
  toLowerCaseLines,
} from "./forwarded-request.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

const TARGET_GROUP_ARN =
  "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/app/0123456789abcdef";

/**
 * Application Load Balancer whose target group has `lambda.multi_value_headers.enabled`. It ignores the
 * `headers` of a result.
 */
export const LOAD_BALANCER_REPEATING = bufferedForm(
  "load balancer with multi-value headers",
  "all",
  (request) => ({
    ...commonMembers(request),
    multiValueQueryStringParameters: groupValues(encodedParameters(request)),
    multiValueHeaders: groupValues(toLowerCaseLines(request)),
  }),
  (payload) => toTargetResponse(payload, ({ multiValueHeaders }) => readMultiValueHeaders(multiValueHeaders)),
);

/**
 * Application Load Balancer without multi-value headers, the default: the last value of a header and of a
 * parameter. It ignores the `multiValueHeaders` of a result.
 */
export const LOAD_BALANCER: EventForm = bufferedForm(
  "load balancer without multi-value headers",
  "last",
  (request) => ({
    ...commonMembers(request),
    queryStringParameters: lastValues(encodedParameters(request)),
    headers: lastValues(toLowerCaseLines(request)),
  }),
  (payload) => toTargetResponse(payload, ({ headers }) => Object.entries(lastValues(readHeaders(headers)))),
);

/**
 * Returns what both kinds of events have. The path and the query are not decoded.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
function commonMembers(request: WireRequest): object {
  const { body = "", isBase64Encoded } = toEventBody(toGatewayRequest(request));
  return {
    requestContext: { elb: { targetGroupArn: TARGET_GROUP_ARN } },
    httpMethod: request.method,
    path: request.path,
    body,
    isBase64Encoded,
  };
}

/**
 * Returns the response for the JSON of a result, without the headers of a single connection, which load
 * balancers and VPC Lattice do not send.
 *
 * @param readLines returns the header lines of a result
 */
export function toTargetResponse(
  payload: string,
  readLines: (result: Record<string, unknown>) => (readonly [string, string])[],
): WireResponse {
  const result = expectObject(JSON.parse(payload), "the result");
  const lines = readLines(result).filter(([name]) => !["connection", "transfer-encoding"].includes(name));
  return buildResponse(result, lines);
}
