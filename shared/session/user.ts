/** Whom a session is bound to. */
export interface User {
  readonly id: string;
  readonly name: string;
}

/**
 * Whether something is a user: an id and a name, both texts that are not empty and have no half characters.
 */
export function isUser(user: unknown): user is User {
  const { id, name } = (user ?? {}) as Partial<User>;
  return isText(id) && isText(name);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.isWellFormed();
}
