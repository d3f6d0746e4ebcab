import { randomBytes } from "node:crypto";

/** The name of a user that no other test has: the list of a user's sessions is one for the whole stack. */
export function newUser(): string {
  return `Ada ${randomBytes(4).toString("hex")}`;
}
