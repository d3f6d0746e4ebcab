import type { APIGatewayRequestAuthorizerEvent, APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";
import type { GatewayRequest } from "../gateway-request.ts";
import { ACCOUNT_ID, API_ID, toEvent } from "../http-event.ts";
import { toEvent1 } from "../payload-1.ts";

/**
 * Returns the event that an HTTP API sends to an authorizer, payload format 2.0: that of the request, without
 * its body.
 *
 * @param identitySource the values of the identity sources
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function toAuthorizerEvent(
  request: GatewayRequest,
  identitySource: readonly string[] = [],
): APIGatewayRequestAuthorizerEventV2 {
  const { body: _, isBase64Encoded: __, version, ...event } = toEvent(request);
  const result = { version, type: "REQUEST", routeArn: toRouteArn(request), identitySource, ...event };
  return result as unknown as APIGatewayRequestAuthorizerEventV2;
}

/** Returns the event that an HTTP API sends to an authorizer, payload format 1.0. */
export function toAuthorizerEvent1(
  request: GatewayRequest,
  identitySource: readonly string[] = [],
): APIGatewayRequestAuthorizerEvent & { readonly version: "1.0" } {
  const { body: _, isBase64Encoded: __, version, requestContext, ...event } = toEvent1(request);
  const { authorizer: ___, ...context } = requestContext;
  const sources = { identitySource: identitySource.join(), authorizationToken: identitySource.join() };
  const result = { version, type: "REQUEST", methodArn: toRouteArn(request), ...sources, ...event };
  return { ...result, requestContext: context } as unknown as ReturnType<typeof toAuthorizerEvent1>;
}

/** Returns the ARN of a request: its method and its path, not those of the route. */
function toRouteArn({ method, path }: GatewayRequest): string {
  return `arn:aws:execute-api:us-east-1:${ACCOUNT_ID}:${API_ID}/$default/${method}${path}`;
}
