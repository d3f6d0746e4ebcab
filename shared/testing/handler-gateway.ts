import { gatewayResponse, type HttpResponse, toResponse } from "../gateway/http-response.ts";
import { toResponse1 } from "../gateway/payload-1.ts";
import { Router } from "../gateway/router.ts";
import { type EventRequest, httpApiEvent, httpApiEvent1, lambdaContext } from "./events.ts";

/** Handlers by route key, as in API Gateway: `"GET /visits"`, `"ANY /items/{id}"`, `"$default"`. */
export type Routes = Readonly<Record<string, (event: never, context: never) => unknown>>;

/** Payload format of events and results. */
export type PayloadFormat = "1.0" | "2.0";

/** Calls handlers as an HTTP API does. */
export class HandlerGateway {
  readonly #routes: Routes;
  readonly #router: Router<{ readonly routeKey: string }>;
  readonly #payload: PayloadFormat;

  constructor(routes: Routes, payload: PayloadFormat = "2.0") {
    this.#routes = routes;
    this.#router = new Router(Object.keys(routes).map((routeKey) => ({ routeKey })));
    this.#payload = payload;
  }

  /** Returns the response to a request, or 404 if no route matches. Rethrows the error of a handler. */
  async call(request: EventRequest & { method: string; url: string }): Promise<HttpResponse> {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const match = this.#router.match(request.method, path);
    if (match === undefined) return gatewayResponse(404, "Not Found");
    const { route, ...parameters } = match;
    const event = this.#toEvent({ ...request, ...route, ...parameters });
    const result = await this.#routes[route.routeKey]?.(event as never, lambdaContext() as never);
    const response = this.#toResponse(JSON.stringify(result ?? null));
    return request.method === "HEAD" ? { ...response, body: Buffer.alloc(0) } : response;
  }

  get #toEvent() {
    return this.#payload === "1.0" ? httpApiEvent1 : httpApiEvent;
  }

  get #toResponse() {
    return this.#payload === "1.0" ? toResponse1 : toResponse;
  }
}
