/** Sessions for Lambda handlers, guards for them, and functions that read requests and refuse them. */
export type { GuardOptions } from "./lambda/guards/ask-to-sign-in.ts";
export { type FreshnessOptions, requireFresh } from "./lambda/guards/require-fresh.ts";
export { requireUser, type SignedInSession, type UserHandler } from "./lambda/guards/require-user.ts";
export { toOwnPath } from "./lambda/guards/return-path.ts";
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
