import type { SavedSession } from "./session-outcome.ts";

/** How much one key takes. */
export interface KeySize {
  readonly key: string;
  readonly bytes: number;
}

/** The session does not fit where it is kept. Nothing of it was saved. */
export class SessionTooLargeError extends Error {
  override readonly name = "SessionTooLargeError";
  /** The size that it would have, in bytes. */
  readonly bytes: number;
  /** The size that it may have, in bytes. */
  readonly limit: number;
  /** Its largest keys, the largest first. */
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
 * A system that sessions need has failed; `cause` is what it said. What was to be saved may not have been:
 * when an answer was lost on its way, nobody knows.
 */
export class SessionUnavailableError extends Error {
  override readonly name = "SessionUnavailableError";
}

/**
 * What the visitor wanted was not done, and nothing was saved, although nothing failed: the session says no.
 */
export abstract class SessionNotSavedError extends Error {
  /** The status of the response (RFC 9110, section 15). */
  abstract readonly statusCode: number;
  /** A sentence for the visitor. */
  abstract readonly answer: string;
  /** What the response must carry. */
  abstract readonly saved: SavedSession;
}

const ANSWERS = {
  ended: "Your session ended while this request was under way, so nothing was saved.",
  renewed:
    "Your session was renewed while this request was under way, so nothing was saved. Please try again.",
} as const;

/**
 * While the request was under way, its session `ended` (signed out, revoked, expired), or its rights changed
 * and it was `renewed`: what the request changed was not saved.
 */
export class SessionConflictError extends SessionNotSavedError {
  override readonly name = "SessionConflictError";
  readonly statusCode = 409;
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

/** The user has as many sessions as one may have, and the settings refuse a further one. */
export class SessionLimitError extends SessionNotSavedError {
  override readonly name = "SessionLimitError";
  readonly statusCode = 403;
  readonly answer: string;
  readonly saved = { vary: true };
  /** How many sessions one user may have. */
  readonly limit: number;

  constructor(limit: number) {
    super(`the user has ${limit} sessions, which is the most, so there was no sign-in`);
    this.answer = `You are signed in ${limit} times, which is the most. Sign out elsewhere first.`;
    this.limit = limit;
  }
}
