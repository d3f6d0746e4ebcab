/** Sessions for Lambda handlers, and functions that read requests and refuse them. */
export { type HttpEvent, HttpRequest } from "./lambda/http-event.ts";
export type { HandlerResult, HttpResult, JsonResult } from "./lambda/http-result.ts";
export type { JsonObject, JsonValue } from "./lambda/json-object.ts";
export { originOf } from "./lambda/origin.ts";
export { refuse } from "./lambda/refuse.ts";
export { type RequestBody, readForm, readJson } from "./lambda/request-body.ts";
export type { RequestLog, RequestRecord, RequestRefused } from "./lambda/request-log.ts";
export {
  createWithSession,
  type LambdaHandler,
  type SessionHandler,
  type WithSession,
  type WithSessionOptions,
} from "./lambda/with-session.ts";
