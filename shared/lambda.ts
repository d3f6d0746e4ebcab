/** Sessions for Lambda handlers. */
export { type HttpEvent, HttpRequest } from "./lambda/http-event.ts";
export type { HandlerResult, HttpResult, JsonResult } from "./lambda/http-result.ts";
export type { RequestLog, RequestRecord, RequestRefused } from "./lambda/request-log.ts";
export {
  createWithSession,
  type LambdaHandler,
  type SessionHandler,
  type WithSession,
  type WithSessionOptions,
} from "./lambda/with-session.ts";
