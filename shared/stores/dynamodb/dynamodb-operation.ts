import { randomBytes } from "node:crypto";

/**
 * How long an item remembers a write, in seconds: longer than a call is tried, so that a repeated one is known, though
 * the clock of the machine that forgets may be a minute ahead.
 */
const MEMORY = 75;

/** How many writes an item remembers at most, so that it does not grow with a session that is written all the time. */
const MOST_REMEMBERED = 200;

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

/** Those of some writes that an item need not remember any more: the old ones, and the oldest where they are many. */
export function forgettable(operations: readonly string[], now: number): string[] {
  const byAge = operations.map((operation) => ({ operation, age: now - Number.parseInt(operation, 36) }));
  byAge.sort((one, other) => other.age - one.age);
  const surplus = byAge.length - MOST_REMEMBERED;
  const isOld = (age: number): boolean => !(age <= MEMORY && age >= -CLOCK_SKEW);
  const leaving = byAge.filter(({ age }, index) => index < surplus || isOld(age));
  return leaving.slice(0, MOST_FORGOTTEN).map(({ operation }) => operation);
}
