/** An HTTP API of API Gateway without AWS: requests to events, results to responses, paths to routes. */
export type { GatewayRequest } from "./gateway/gateway-request.ts";
export { toEvent } from "./gateway/http-event.ts";
export { gatewayAnswer, type HttpResponse, InvalidResultError, toResponse } from "./gateway/http-response.ts";
export { toEvent1, toResponse1 } from "./gateway/payload-1.ts";
export { type RouteMatch, Router } from "./gateway/router.ts";
