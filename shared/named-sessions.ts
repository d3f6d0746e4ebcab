/** Several sessions in one request, each with a cookie and a lifetime of its own. */
export {
  createWithSessions,
  type NamedSessions,
  type SessionsHandler,
  type WithSessions,
  type WithSessionsOptions,
} from "./adapters/named-sessions/create-with-sessions.ts";
export {
  type MakeSessionInterface,
  type NamedSessionInterfaces,
  type NamedSettings,
  nameSessions,
} from "./adapters/named-sessions/name-sessions.ts";
export { type PickedSession, pickSession } from "./adapters/named-sessions/pick-session.ts";
