/** Sessions for frameworks whose handlers take a `Request` and return a `Response`. */
export type { Guard } from "./adapters/guard.ts";
export { type H3Session, type H3SessionEvent, h3Session } from "./adapters/web/h3-session.ts";
export {
  type HonoContext,
  type HonoSessionOptions,
  honoSession,
  type SessionVariables,
} from "./adapters/web/hono-session.ts";
export {
  type PowertoolsContext,
  type PowertoolsSession,
  powertoolsSession,
} from "./adapters/web/powertools-session.ts";
export {
  type MiddlewareArguments,
  type ReactRouterSessionOptions,
  reactRouterSession,
  type SessionContext,
} from "./adapters/web/react-router-session.ts";
export {
  type ReactRouterStorage,
  reactRouterStorage,
  type StorageSession,
} from "./adapters/web/react-router-storage.ts";
export { runGuard } from "./adapters/web/run-guard.ts";
export type { RequestOrigin } from "./adapters/web/web-request.ts";
export { type WebHandler, type WebSessionOptions, webSession } from "./adapters/web/web-session.ts";
