/**
 * Converts requests to Lambda events and results to responses, and matches paths to routes, as an HTTP API of
 * API Gateway does, without AWS.
 */
export type { GatewayRequest } from "./gateway/gateway-request.ts";
export { toEvent } from "./gateway/http-event.ts";
export {
  gatewayResponse,
  type HttpResponse,
  InvalidResultError,
  toResponse,
} from "./gateway/http-response.ts";
export { toEvent1, toResponse1 } from "./gateway/payload-1.ts";
export { type RouteMatch, Router } from "./gateway/router.ts";
