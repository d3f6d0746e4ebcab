import type { CookieSession } from "../cookie/cookie-session.ts";
import { RESERVED } from "../session/reserved-keys.ts";
import { SessionConflictError } from "../session/session-errors.ts";
import type { SessionEvent } from "../session/session-log.ts";
import type { SavedSession, SessionChanges } from "../session/session-outcome.ts";
import type { UserSession } from "../stores/session-store.ts";
import type { UserSessionList } from "./user-session-list.ts";

/** An entry in a user's list. */
export interface Listed {
  readonly userKey: string;
  readonly id: string;
  readonly entry: UserSession;
}

/** The cookie session of a request, and its entry in the user's list. */
export interface RevocableSession {
  readonly cookie: CookieSession;
  readonly listed: Listed | undefined;
  readonly list: UserSessionList;
}

/** Returns whether the changes begin a new session. */
export function isBeginning({ cleared }: SessionChanges, cookie: CookieSession): boolean {
  return cleared || cookie.opened.isNew;
}

/** Extends the entry of a session when it is due. Returns whether the session is still valid. */
export async function touch({ cookie, listed, list }: RevocableSession): Promise<boolean> {
  if (listed === undefined) return true;
  const createdAt = Number(cookie.opened.values[RESERVED.created]);
  return list.touch(listed.userKey, listed.id, listed.entry, createdAt);
}

/** Logs that the session is over, and returns the header that deletes its cookie. */
export function lose(cookie: CookieSession): SavedSession {
  logEvent(cookie, "session_gone", cookie.opened.id ?? "", "ended");
  return cookie.delete();
}

/** Returns the error for changes that are lost, because the session is over. */
export function conflict(cookie: CookieSession): SessionConflictError {
  return new SessionConflictError("ended", lose(cookie));
}

/** Logs an event of a session. */
export function logEvent(
  cookie: CookieSession,
  event: SessionEvent["event"],
  session: string,
  reason?: SessionEvent["reason"],
): void {
  cookie.context.log({ level: "INFO", event, session, ...(reason && { reason }) });
}
