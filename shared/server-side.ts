/** Sessions in a store, and the lists of users' sessions. */
export {
  type ServerSideOptions,
  ServerSideSessionInterface,
} from "./server-side/server-side-session-interface.ts";
export {
  assertExpected,
  assertWrite,
  type ConditionalStore,
  type ConditionalWrite,
  MOST_VALUE_BYTES,
} from "./stores/conditional-store.ts";
export {
  MemoryConditionalStore,
  type MemoryConditionalStoreOptions,
} from "./stores/memory-conditional-store.ts";
export { MemoryStore } from "./stores/memory-store.ts";
export { idsOfProvider } from "./stores/provider-sessions.ts";
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
export type { ProviderSession, UserKey } from "./users/provider-session.ts";
export {
  type RevocableCookieOptions,
  RevocableCookieSessionInterface,
} from "./users/revocable-cookie-session-interface.ts";
export type { SessionDescription } from "./users/session-description.ts";
export {
  type CurrentSession,
  SessionDirectory,
  type SessionDirectoryOptions,
} from "./users/session-directory.ts";
