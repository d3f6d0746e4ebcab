/** Sessions in a store, and the list of the sessions of a user. */
export {
  type ServerSideOptions,
  ServerSideSessionInterface,
} from "./server-side/server-side-session-interface.ts";
export { MemoryStore } from "./stores/memory-store.ts";
export { assertFits, recordBytes } from "./stores/record-size.ts";
export { changedValues, isFulfilled, isOnly } from "./stores/session-change.ts";
export type {
  ChangeCondition,
  ChangeResult,
  EndCondition,
  Found,
  FoundSession,
  PreviousToken,
  SessionChange,
  SessionRecord,
  SessionStore,
  StoredValue,
  Unusable,
  UserRecord,
  UserSession,
  UserSessionChange,
  UserSessionStore,
} from "./stores/session-store.ts";
export {
  type RevocableCookieOptions,
  RevocableCookieSessionInterface,
} from "./users/revocable-cookie-session-interface.ts";
export {
  type AskingSession,
  type SessionDescription,
  Sessions,
  type SessionsOptions,
} from "./users/sessions.ts";
