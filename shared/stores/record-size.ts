import { type KeySize, SessionTooLargeError } from "../session/session-errors.ts";
import type { StoredValue } from "./session-record.ts";

/** The most that a record may take, in bytes: what DynamoDB lets an item have. */
export const MOST_RECORD_BYTES = 400 * 1024;

/** What a record takes beside its data, in bytes: names, times, hashes, a user and a previous token. */
const FRAME_BYTES = 350;

/** How many keys an error names. */
const NAMED_KEYS = 3;

/**
 * What a record takes, in bytes, by DynamoDB's rules: names and texts in UTF-8, one byte for each value, and
 * half a byte for each digit of a number. It is a little too much rather than too little.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function recordBytes(values: ReadonlyMap<string, StoredValue>): number {
  let bytes = FRAME_BYTES;
  for (const [key, value] of values) bytes += valueBytes(key, value);
  return bytes;
}

/** @throws SessionTooLargeError when the data takes more than a record may */
export function assertFits(values: ReadonlyMap<string, StoredValue>): void {
  const bytes = recordBytes(values);
  if (bytes > MOST_RECORD_BYTES)
    throw new SessionTooLargeError(bytes, MOST_RECORD_BYTES, largestKeys(values));
}

/** The keys that take most, the largest first. */
export function largestKeys(values: ReadonlyMap<string, StoredValue>): KeySize[] {
  const sizes = [...values].map(([key, value]) => ({ key, bytes: valueBytes(key, value) }));
  return sizes.sort((one, other) => other.bytes - one.bytes).slice(0, NAMED_KEYS);
}

function valueBytes(key: string, value: StoredValue): number {
  const bytes = typeof value === "string" ? Buffer.byteLength(value) : (String(value).length >> 1) + 2;
  return Buffer.byteLength(key) + bytes + 1;
}
