/** Sessions in a store, and the lists of users' sessions. */
export {
  type ServerSideOptions,
  ServerSideSessionInterface,
} from "./server-side/server-side-session-interface.ts";
export { MemoryStore } from "./stores/memory-store.ts";
export { changedValues, isFulfilled, isOnly } from "./stores/record-change.ts";
export { assertFits, recordBytes } from "./stores/record-size.ts";
export type {
  ChangeCondition,
  ChangeResult,
  EndCondition,
  Found,
  FoundSession,
  PreviousToken,
  RecordChange,
  SessionRecord,
  StoredValue,
  Unusable,
  UserRecord,
  UserSession,
} from "./stores/session-record.ts";
export type { SessionStore, UserSessionChange, UserSessionStore } from "./stores/session-store.ts";
export {
  type RevocableCookieOptions,
  RevocableCookieSessionInterface,
} from "./users/revocable-cookie-session-interface.ts";
export {
  type CurrentSession,
  type SessionDescription,
  SessionDirectory,
  type SessionDirectoryOptions,
} from "./users/session-directory.ts";
