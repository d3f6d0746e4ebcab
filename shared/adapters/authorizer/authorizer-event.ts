import type {
  APIGatewayProxyEvent,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
} from "aws-lambda";
import type { HttpEvent } from "../../lambda/http-event.ts";
import { headerNames } from "../header-names.ts";

/** The event of an authorizer of a WebSocket API, which is called for the route `$connect` alone. */
export interface WebSocketAuthorizerEvent
  extends Omit<APIGatewayRequestAuthorizerEvent, "resource" | "path" | "httpMethod" | "pathParameters"> {
  readonly httpMethod?: never;
}

/**
 * The event of an authorizer of type REQUEST: of an HTTP API (payload format 2.0 or 1.0), of a REST API, or
 * of a WebSocket API.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export type AuthorizerEvent =
  | APIGatewayRequestAuthorizerEventV2
  | APIGatewayRequestAuthorizerEvent
  | WebSocketAuthorizerEvent;

/** Returns whether an event has payload format 2.0, which is answered with a simple response. */
export function isVersion2(event: AuthorizerEvent): event is APIGatewayRequestAuthorizerEventV2 {
  return "routeArn" in event;
}

/**
 * Returns the event of an authorizer as that of a request, without a body. The handshake of a WebSocket has
 * the method CONNECT here instead of GET: unlike a page that a GET returns, the connection can be used by the
 * other site whose script opened it, so its origin is checked like that of an unsafe method.
 *
 * @throws TypeError for the event of an authorizer of another type
 */
export function toHttpEvent(event: AuthorizerEvent): HttpEvent {
  if (event.type !== "REQUEST")
    throw new TypeError(
      `the event has the type ${JSON.stringify(event.type)}: an authorizer must have the type REQUEST to receive cookies`,
    );
  if (isVersion2(event) || event.httpMethod !== undefined) return event as unknown as HttpEvent;
  return { ...event, httpMethod: "CONNECT" } as unknown as APIGatewayProxyEvent;
}

/** The headers in which a service behind the authorizer receives the user, in any spelling. */
const IDENTITY = /^x[^a-z\d](user[^a-z\d](id|claims)|session[^a-z\d]id)$/;

/**
 * Returns whether a request has a header such as `x_user_id`. CGI and WSGI make the same variable of it as of
 * `x-user-id`, but API Gateway overwrites only the latter, so a client could name another user.
 */
export function forgesHeader(event: AuthorizerEvent): boolean {
  return headerNames(event).some((name) => IDENTITY.test(name) && /[^a-z-]/.test(name));
}
