import type { SavedSession } from "./session-outcome.ts";

/** A key of the data, and its size. */
export interface KeySize {
  readonly key: string;
  /** The size of its value, in bytes. */
  readonly bytes: number;
}

/** The session is too large for its storage. Nothing was saved. */
export class SessionTooLargeError extends Error {
  override readonly name = "SessionTooLargeError";
  /** The size of the session, in bytes. */
  readonly bytes: number;
  /** The maximum size, in bytes. */
  readonly limit: number;
  /** The largest keys, largest first. */
  readonly largest: readonly KeySize[];

  constructor(bytes: number, limit: number, largest: readonly KeySize[]) {
    const keys = largest.map(({ key, bytes }) => `${key} (${bytes} bytes)`).join(", ");
    super(`session takes ${bytes} bytes, but ${limit} is the most; its largest keys: ${keys}`);
    this.bytes = bytes;
    this.limit = limit;
    this.largest = largest;
  }
}

/**
 * A system that sessions need has failed; `cause` is its error. The changes may have been saved or not,
 * because a response may have been lost.
 */
export class SessionUnavailableError extends Error {
  override readonly name = "SessionUnavailableError";
}

/**
 * Base class for refusals: nothing was saved, although no system failed.
 */
export abstract class SessionNotSavedError extends Error {
  /** The status of the response (RFC 9110, section 15). */
  abstract readonly statusCode: number;
  /** A sentence for the visitor. */
  abstract readonly answer: string;
  /** The headers that the response must carry. */
  abstract readonly saved: SavedSession;
}

const ANSWERS = {
  ended: "Your session ended while this request was under way, so nothing was saved.",
  renewed:
    "Your session was renewed while this request was under way, so nothing was saved. Please try again.",
} as const;

/**
 * The session `ended` during the request (destroyed, revoked, evicted or expired), or was `renewed` by a
 * change of privilege. The changes of the request were not saved.
 */
export class SessionConflictError extends SessionNotSavedError {
  override readonly name = "SessionConflictError";
  readonly statusCode = 409;
  /** The event that the session had during the request. */
  readonly reason: keyof typeof ANSWERS;
  readonly answer: string;
  readonly saved: SavedSession;

  constructor(reason: keyof typeof ANSWERS, saved: SavedSession) {
    super(`the session was ${reason} while the request was under way, so nothing was saved`);
    this.reason = reason;
    this.answer = ANSWERS[reason];
    this.saved = saved;
  }
}

/** The user has the maximum number of sessions, and the settings refuse a further one. */
export class SessionLimitError extends SessionNotSavedError {
  override readonly name = "SessionLimitError";
  readonly statusCode = 403;
  readonly answer: string;
  readonly saved = { vary: true };
  /** The maximum number of sessions of one user. */
  readonly limit: number;

  constructor(limit: number) {
    super(`the user has ${limit} sessions, which is the most, so there was no sign-in`);
    this.answer = `You are signed in ${limit} times, which is the most. Sign out elsewhere first.`;
    this.limit = limit;
  }
}
