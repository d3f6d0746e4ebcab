/**
 * HTTP API of API Gateway without AWS: converts requests to Lambda events and results to responses, matches
 * paths to routes, and serves functions on this machine.
 */

export { toAuthorizerEvent, toAuthorizerEvent1 } from "./gateway/authorizer/authorizer-event.ts";
export {
  authorizedIntegration,
  type LambdaAuthorizerOptions,
} from "./gateway/authorizer/lambda-authorizer.ts";
export type { EventForm, LambdaFunction } from "./gateway/event-forms/event-form.ts";
export { EVENT_FORMS } from "./gateway/event-forms/event-forms.ts";
export { LATTICE_FORMS } from "./gateway/event-forms/lattice-forms.ts";
export { provideAwsLambda } from "./gateway/event-forms/response-stream.ts";
export { STREAMING_FORMS } from "./gateway/event-forms/streaming-forms.ts";
export type { HeaderLines, WireRequest, WireResponse } from "./gateway/event-forms/wire.ts";
export type { GatewayRequest } from "./gateway/gateway-request.ts";
export {
  type AnsweredRequest,
  HttpApi,
  type HttpApiOptions,
  type HttpApiRoute,
} from "./gateway/http-api/http-api.ts";
export type { HttpApiCors } from "./gateway/http-api/http-api-cors.ts";
export { type HttpIntegrationOptions, httpIntegration } from "./gateway/http-api/http-integration.ts";
export {
  type Integration,
  type InvocationOutcome,
  type LambdaIntegrationOptions,
  lambdaIntegration,
} from "./gateway/http-api/lambda-integration.ts";
export { toLocalSessionSettings } from "./gateway/http-api/local-session-settings.ts";
export {
  isLoopbackHost,
  type LoopbackServer,
  listenOnLoopback,
  type OnInvalidRequest,
} from "./gateway/http-api/loopback-server.ts";
export { createTraceId } from "./gateway/http-api/node-request.ts";
export { toEvent } from "./gateway/http-event.ts";
export {
  gatewayResponse,
  type HttpResponse,
  InvalidResultError,
  toResponse,
} from "./gateway/http-response.ts";
export { toEvent1, toResponse1 } from "./gateway/payload-1.ts";
export { type RouteMatch, Router } from "./gateway/router.ts";
