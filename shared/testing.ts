/**
 * Tools for tests of handlers: a browser with cookies, a client without them, events, a clock and log
 * collectors. Needs no test runner.
 */
export { adapterCases } from "./testing/adapter/adapter-cases.ts";
export type {
  AdapterCase,
  AdapterUnderTest,
  Script,
  ScriptedRequest,
  ScriptedResponse,
  Send,
} from "./testing/adapter/adapter-under-test.ts";
export { type RandomResponses, randomResponses } from "./testing/adapter/random-responses.ts";
export { ApiClient, type ApiClientOptions, type ApiRequest } from "./testing/api-client.ts";
export {
  httpApiAuthorizerEvent,
  httpApiAuthorizerEvent1,
  restApiAuthorizerEvent,
  webSocketAuthorizerEvent,
} from "./testing/authorizer-events.ts";
export { Browser, type BrowserOptions, type BrowserRequest } from "./testing/browser.ts";
export { BrowserResponse } from "./testing/browser-response.ts";
export { Clock } from "./testing/clock.ts";
export { CookieJar, type SameSiteContext } from "./testing/cookie-jar.ts";
export {
  APP_ORIGIN,
  type EventRequest,
  functionUrlEvent,
  httpApiEvent,
  httpApiEvent1,
  lambdaContext,
  restApiEvent,
} from "./testing/events.ts";
export type { PayloadFormat, Routes } from "./testing/handler-gateway.ts";
export { LogCollector } from "./testing/log-collector.ts";
export { SessionLogCollector } from "./testing/session-log-collector.ts";
export { type Visit, type VisitOptions, Visitor } from "./testing/visitor.ts";
