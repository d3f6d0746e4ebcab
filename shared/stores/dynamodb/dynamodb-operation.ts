import { randomBytes } from "node:crypto";

/**
 * Time for which an item keeps the id of a write, in seconds. It is longer than a call is retried, so a
 * repeated write is recognised even if the clock of the machine that deletes the id is a minute ahead.
 */
const MAX_AGE = 75;

/** Maximum number of write ids in an item, so that a frequently written session does not grow. */
const MAX_OPERATIONS = 200;

/**
 * Maximum difference to another machine's clock, in seconds. Ids that are further in the future are deleted.
 */
const CLOCK_SKEW = 300;

/** Maximum number of ids that one write deletes. */
const MAX_DELETIONS = 50;

/** Returns an id for one write: its time in seconds in base 36, a dot, and 64 random bits. */
export function createOperation(now: number): string {
  return `${Math.floor(now).toString(36)}.${createMark()}`;
}

/** Returns 64 random bits as a string, which no other mark has. */
export function createMark(): string {
  return randomBytes(8).toString("base64url");
}

/** Returns the ids that an item no longer needs: old ones, and the oldest if there are too many. */
export function selectExpired(operations: readonly string[], now: number): string[] {
  const byAge = operations.map((operation) => ({ operation, age: now - Number.parseInt(operation, 36) }));
  byAge.sort((one, other) => other.age - one.age);
  const surplus = byAge.length - MAX_OPERATIONS;
  const isOld = (age: number): boolean => !(age <= MAX_AGE && age >= -CLOCK_SKEW);
  const expired = byAge.filter(({ age }, index) => index < surplus || isOld(age));
  return expired.slice(0, MAX_DELETIONS).map(({ operation }) => operation);
}
