import { type KeySize, SessionTooLargeError } from "../session/session-errors.ts";
import type { StoredValue } from "./session-record.ts";

/** Maximum size of a record in bytes: DynamoDB's limit for an item. */
export const MOST_RECORD_BYTES = 400 * 1024;

/** Size of a record without its data in bytes: names, times, hashes, a user and a previous token. */
const FRAME_BYTES = 350;

/** Number of keys that an error names. */
const NAMED_KEYS = 3;

/**
 * Returns the size of a record in bytes by DynamoDB's rules: names and strings in UTF-8, one byte for each
 * value, and half a byte for each digit of a number. It is rather too large than too small.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function recordBytes(values: ReadonlyMap<string, StoredValue>): number {
  let bytes = FRAME_BYTES;
  for (const [key, value] of values) bytes += valueBytes(key, value);
  return bytes;
}

/** @throws SessionTooLargeError if the data exceeds the maximum size of a record */
export function assertFits(values: ReadonlyMap<string, StoredValue>): void {
  const bytes = recordBytes(values);
  if (bytes > MOST_RECORD_BYTES)
    throw new SessionTooLargeError(bytes, MOST_RECORD_BYTES, largestKeys(values));
}

/** Returns the largest keys, the largest first. */
export function largestKeys(values: ReadonlyMap<string, StoredValue>): KeySize[] {
  const sizes = [...values].map(([key, value]) => ({ key, bytes: valueBytes(key, value) }));
  return sizes.sort((one, other) => other.bytes - one.bytes).slice(0, NAMED_KEYS);
}

function valueBytes(key: string, value: StoredValue): number {
  const bytes = typeof value === "string" ? Buffer.byteLength(value) : (String(value).length >> 1) + 2;
  return Buffer.byteLength(key) + bytes + 1;
}
