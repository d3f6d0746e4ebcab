import { randomBytes } from "node:crypto";

/** How long an item remembers a write, in seconds: longer than a request tries, so that a repeated one is known. */
const MEMORY = 15;

/** How far ahead another machine's clock may be, in seconds, before its writes are forgotten. */
const CLOCK_SKEW = 300;

/** How many writes are forgotten at a time. */
const MOST_FORGOTTEN = 50;

/** A new id for one write: its second in base 36, a dot, and 64 random bits. */
export function newOperation(now: number): string {
  return `${Math.floor(now).toString(36)}.${newMark()}`;
}

/** 64 random bits as text: what nothing else is called. */
export function newMark(): string {
  return randomBytes(8).toString("base64url");
}

/** Those of some writes that an item need not remember any more. */
export function forgettable(operations: readonly string[], now: number): string[] {
  return operations
    .filter((operation) => {
      const age = now - Number.parseInt(operation, 36);
      return !(age <= MEMORY && age >= -CLOCK_SKEW);
    })
    .slice(0, MOST_FORGOTTEN);
}
