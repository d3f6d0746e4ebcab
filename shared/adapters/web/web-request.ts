import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type HttpEvent, HttpRequest } from "../../lambda/http-event.ts";
import { sendsOneCookie } from "../one-cookie.ts";
import { toPlainEvent } from "../plain-event.ts";

/** A request of a framework as the session layer takes it. */
export interface WebRequest {
  /** Event of payload 2.0, for `withSession` and the guards. */
  readonly event: APIGatewayProxyEventV2;
  /**
   * True if a load balancer without multi-value headers sends the response, which has room for one cookie.
   */
  readonly sendsOneCookie: boolean;
}

/** Parts of a request that a framework knows beside the `Request` itself. */
export interface RequestOrigin {
  /** The event that Lambda called the function with. Default: none, because a server received the request. */
  readonly source?: unknown;
  /** The client's network address, for a request without an event. Default: unknown. */
  readonly address?: string | undefined;
}

/**
 * Converts a request. If the function was called with an event of API Gateway, of a function URL or of a load
 * balancer, then method, path, cookies and address are the event's: frameworks leave out the stage, and some
 * encode a Cookie header as a whole if one cookie in it is not ASCII.
 */
export function toWebRequest(request: Request, { source, address: known }: RequestOrigin = {}): WebRequest {
  const { host, pathname, search } = new URL(request.url);
  const headers: Record<string, string> = { host, ...Object.fromEntries(request.headers) };
  const cookie = request.headers.get("cookie");
  const isEvent = isHttpEvent(source);
  const { method, path, cookies, address } = isEvent
    ? new HttpRequest(source)
    : { method: request.method, path: pathname, cookies: cookie === null ? [] : [cookie], address: known };
  const event = toPlainEvent({ method, path, cookies, address, queryString: search.slice(1), headers });
  return { event, sendsOneCookie: isEvent && sendsOneCookie(source) };
}

function isHttpEvent(source: unknown): source is HttpEvent {
  const event = Object(source);
  return "requestContext" in event && ("httpMethod" in event || "rawPath" in event);
}
