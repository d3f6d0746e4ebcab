import type { APIGatewayProxyEvent } from "aws-lambda";
import type { HttpEvent } from "../lambda/http-event.ts";

/**
 * Returns whether an event is of a load balancer without multi-value headers, whose response has one cookie.
 */
export function sendsOneCookie(event: HttpEvent): boolean {
  const { multiValueHeaders, requestContext } = event as Partial<APIGatewayProxyEvent>;
  return !multiValueHeaders && "elb" in Object(requestContext);
}

/** Message for a second cookie where one fits. */
export const ONE_COOKIE = "two cookies need lambda.multi_value_headers.enabled in the target group";
