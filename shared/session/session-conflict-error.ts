import { SessionNotSavedError } from "./session-errors.ts";
import type { SavedSession } from "./session-interface.ts";

const ANSWERS = {
  ended: "Your session ended while this request was under way, so nothing was saved.",
  renewed:
    "Your session was renewed while this request was under way, so nothing was saved. Please try again.",
} as const;

/**
 * While the request was under way, its session `ended` (signed out, revoked, expired), or its rights changed and it was
 * `renewed`: what the request changed was not saved.
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
