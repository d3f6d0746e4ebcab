import { isNonEmptyString } from "../options/option-kind.ts";

/** The user to whom a session is bound. */
export interface User {
  /** Identifies the user. It is stored in the session. */
  readonly id: string;
  /** The name to show. */
  readonly name: string;
}

/**
 * Returns whether a value is a user: `id` and `name` are non-empty strings without lone surrogates.
 */
export function isUser(user: unknown): user is User {
  const { id, name } = (user ?? {}) as Partial<User>;
  return isNonEmptyString(id) && isNonEmptyString(name);
}
