import { randomBytes } from "node:crypto";

/** Returns a user name that no other test uses, because a user's sessions are listed for the whole stack. */
export function newUser(): string {
  return `Ada ${randomBytes(4).toString("hex")}`;
}
