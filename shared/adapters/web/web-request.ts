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
export function toWebRequest(request: Request, { source, address }: RequestOrigin = {}): WebRequest {
  const { method, headers, url } = request;
  const { host, pathname: path, search } = new URL(url);
  const cookies = [headers.get("cookie") ?? []].flat();
  const event: HttpEvent = Object(source);
  const isEvent = "httpMethod" in event || "rawPath" in event;
  const plain = isEvent ? new HttpRequest(event) : { method, path, cookies, address };
  return {
    event: toPlainEvent(plain, { host, ...Object.fromEntries(headers) }, search.slice(1)),
    sendsOneCookie: sendsOneCookie(event),
  };
}
