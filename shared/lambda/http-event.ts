import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import type { SessionRequest } from "../session/session-interface.ts";

/** What API Gateway (HTTP API and REST API, payload 2.0 and 1.0) and function URLs send. */
export type HttpEvent = APIGatewayProxyEventV2 | APIGatewayProxyEvent;

/** Whether the event has payload format 1.0: a REST API's, or an HTTP API's that asks for it. */
export function isVersion1(event: HttpEvent): event is APIGatewayProxyEvent {
  return "httpMethod" in event;
}

/** An event as the session layer sees it. Nothing is copied before it is asked for. */
export class HttpRequest implements SessionRequest {
  readonly #event: HttpEvent;

  constructor(event: HttpEvent) {
    this.#event = event;
  }

  get method(): string {
    return (
      (isVersion1(this.#event) ? this.#event.httpMethod : this.#event.requestContext?.http?.method) ?? ""
    );
  }

  /** Payload 2.0 takes the cookies out of the headers; what calls a function by hand may leave them there. */
  get cookies(): readonly string[] {
    const cookies = isVersion1(this.#event) ? undefined : this.#event.cookies;
    return cookies?.length ? cookies : this.#values("cookie");
  }

  header(name: string): string | undefined {
    return this.#values(name)[0];
  }

  get address(): string | undefined {
    return isVersion1(this.#event)
      ? this.#event.requestContext?.identity?.sourceIp
      : this.#event.requestContext?.http?.sourceIp;
  }

  #values(name: string): readonly string[] {
    if (isVersion1(this.#event)) return valuesOf(this.#event, name);
    const value = this.#event.headers?.[name];
    return value === undefined ? NONE : [value];
  }
}

const NONE: readonly string[] = [];

/** Payload 1.0 has names as the client wrote them, and the headers twice: once with the last value of each only. */
function valuesOf({ headers, multiValueHeaders }: APIGatewayProxyEvent, name: string): readonly string[] {
  const all = multiValueHeaders ?? {};
  const repeated = Object.keys(all).find((key) => key.toLowerCase() === name);
  if (repeated !== undefined) return all[repeated] ?? NONE;
  const single = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === name);
  return single === undefined ? NONE : [headers[single] ?? ""];
}
