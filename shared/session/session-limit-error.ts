import { SessionNotSavedError } from "./session-errors.ts";

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
