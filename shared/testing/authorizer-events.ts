import type { APIGatewayRequestAuthorizerEvent, APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";
import type { WebSocketAuthorizerEvent } from "../adapters/authorizer/authorizer-event.ts";
import { toAuthorizerEvent, toAuthorizerEvent1 } from "../gateway/authorizer/authorizer-event.ts";
import { type EventRequest, restApiEvent, toGatewayRequest } from "./events.ts";

/** Returns the event that an HTTP API sends to an authorizer, payload format 2.0. */
export function httpApiAuthorizerEvent(request: EventRequest = {}): APIGatewayRequestAuthorizerEventV2 {
  return toAuthorizerEvent(toGatewayRequest(request));
}

/** Returns the event that an HTTP API sends to an authorizer, payload format 1.0. */
export function httpApiAuthorizerEvent1(request: EventRequest = {}): APIGatewayRequestAuthorizerEvent {
  return toAuthorizerEvent1(toGatewayRequest(request));
}

/** Returns the event that a REST API sends to an authorizer of type REQUEST. */
export function restApiAuthorizerEvent(request: EventRequest = {}): APIGatewayRequestAuthorizerEvent {
  const { methodArn, type } = httpApiAuthorizerEvent1(request);
  const { body: _, isBase64Encoded: __, requestContext, ...event } = restApiEvent(request);
  const { authorizer: ___, ...context } = requestContext;
  return { type, methodArn, ...event, requestContext: { ...context, authorizer: undefined } };
}

/**
 * Returns the event that a WebSocket API sends to an authorizer of type REQUEST for the route `$connect`. It
 * has neither a method nor a path.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function webSocketAuthorizerEvent(
  request: Pick<EventRequest, "url" | "headers" | "time"> = {},
): WebSocketAuthorizerEvent {
  const all = restApiAuthorizerEvent(request);
  const { resource: _, path: __, httpMethod: ___, pathParameters: ____, requestContext, ...event } = all;
  const { httpMethod: _____, path: ______, resourcePath: _______, ...context } = requestContext;
  const socket = {
    routeKey: "$connect",
    eventType: "CONNECT",
    messageDirection: "IN",
    connectionId: "test=",
  };
  const methodArn = event.methodArn.replace(/\/.*$/, "/$default/$connect");
  const requestContextOfSocket = { ...context, ...socket } as unknown as typeof requestContext;
  return { ...event, methodArn, requestContext: requestContextOfSocket };
}
