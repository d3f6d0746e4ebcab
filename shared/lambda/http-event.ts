import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import type { SessionRequest } from "../session/session-interface.ts";

/** An event of API Gateway (HTTP or REST API, payload 2.0 or 1.0), a function URL or a load balancer. */
export type HttpEvent = APIGatewayProxyEventV2 | APIGatewayProxyEvent;

/**
 * Returns whether an event has payload format 1.0: of a REST API, of a load balancer, or of an HTTP API with
 * that setting.
 */
export function isVersion1(event: HttpEvent): event is APIGatewayProxyEvent {
  return "httpMethod" in event;
}

/**
 * Returns all values of a header.
 *
 * @param name in lower case
 */
export function headerValues(event: HttpEvent, name: string): readonly string[] {
  if (isVersion1(event)) return valuesInVersion1(event, name);
  const value = event.headers?.[name];
  return value === undefined ? NONE : [value];
}

/** An event as the session layer reads it. */
export class HttpRequest implements SessionRequest {
  /** The HTTP method, as the client sent it. */
  readonly method: string;
  /**
   * The values of the Cookie headers. Payload 2.0 has them apart from the headers; handmade events may not.
   */
  readonly cookies: readonly string[];
  readonly #event: HttpEvent;

  constructor(event: HttpEvent) {
    const version1 = isVersion1(event);
    const cookies = version1 ? undefined : event.cookies;
    this.method = (version1 ? event.httpMethod : event.requestContext?.http?.method) ?? "";
    this.cookies = cookies?.length ? cookies : headerValues(event, "cookie");
    this.#event = event;
  }

  header(name: string): string | undefined {
    return headerValues(this.#event, name)[0];
  }

  /** A REST API has the stage only in the context. A load balancer has no path there. */
  get path(): string {
    const event = this.#event;
    return (isVersion1(event) ? (event.requestContext?.path ?? event.path) : event.rawPath) ?? "";
  }

  get host(): string | undefined {
    return this.header("host");
  }

  get address(): string | undefined {
    const event = this.#event;
    return isVersion1(event)
      ? event.requestContext?.identity?.sourceIp
      : event.requestContext?.http?.sourceIp;
  }
}

const NONE: readonly string[] = [];

/**
 * Reads payload 1.0: header names are in the client's case, and `headers` has only the last value of each.
 */
function valuesInVersion1(event: APIGatewayProxyEvent, name: string): readonly string[] {
  for (const headers of [event.multiValueHeaders, event.headers])
    for (const key in headers) if (key.toLowerCase() === name) return [headers[key] ?? NONE].flat();
  return NONE;
}
