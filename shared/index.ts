/** The session, the values that it stores, its settings and its errors. */

export type { Digest } from "./crypto/hmac.ts";
export type { KeyDerivation } from "./crypto/key-derivation.ts";
export { type FailureRecord, type LogRecord, writeLog } from "./log/write-log.ts";
export { OptionError } from "./options/option-error.ts";
export type { CookieSettings, ResolvedCookie } from "./session/cookie-settings.ts";
export type { Flash } from "./session/flash.ts";
export { isReserved } from "./session/reserved-keys.ts";
export { type AnyData, Session } from "./session/session.ts";
export {
  type KeySize,
  SessionConflictError,
  SessionLimitError,
  SessionNotSavedError,
  SessionTooLargeError,
  SessionUnavailableError,
} from "./session/session-errors.ts";
export type { SessionInterface, SessionRequest } from "./session/session-interface.ts";
export type {
  EndReason,
  RefusalReason,
  SessionLog,
  SessionLogRecord,
} from "./session/session-log.ts";
export { type ResolvedSettings, resolveSettings, type SessionSettings } from "./session/session-settings.ts";
export type { SettingsSource } from "./session/settings-source.ts";
export type { Authentication, KnownAuthentication, SignInOptions } from "./session/sign-in/authentication.ts";
export type { User } from "./session/user.ts";
// Augmentations of RegisteredTypes merge into a re-export by * only, not into one by name.
export * from "./values/session-value.ts";
export { type RegisterOptions, TaggedJSON } from "./values/tagged-json.ts";
export type { Tag } from "./values/tags.ts";
export { html } from "./values/types/html.ts";
export { isHttpDate } from "./values/types/http-date.ts";
export { Markup } from "./values/types/markup.ts";
export { Tuple } from "./values/types/tuple.ts";
export { UUID } from "./values/types/uuid.ts";
export { UnstorableValueError } from "./values/unstorable-value-error.ts";
