import { RESERVED } from "../session/reserved-keys.ts";
import { assign, type PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import { decodeQueue, encodeQueue, newQueue } from "./flash-queue.ts";
import type { StoredValue } from "./session-record.ts";

/**
 * A value in the form that stores keep.
 *
 * @param name how an error calls the value
 * @throws UnstorableValueError that names the path to what cannot be stored
 */
export function encodeValue(value: unknown, json: TaggedJSON, name: string): StoredValue {
  return isAddable(value) ? value : json.dumps(value, name);
}

/** The value again. Throws when the text is none that `encodeValue` wrote. */
export function decodeValue(stored: StoredValue, json: TaggedJSON): unknown {
  return typeof stored === "number" ? stored : json.loads(stored);
}

/** The values under some keys, in the form that stores keep. */
export function encodeValues(
  values: PlainObject,
  keys: Iterable<string>,
  json: TaggedJSON,
): Map<string, StoredValue> {
  const stored = new Map<string, StoredValue>();
  for (const key of keys)
    if (Object.hasOwn(values, key)) stored.set(key, encodeEntry(key, values[key], json));
  return stored;
}

function encodeEntry(key: string, value: unknown, json: TaggedJSON): StoredValue {
  if (key !== RESERVED.flashes) return encodeValue(value, json, key);
  return encodeQueue(newQueue(value as unknown[]), json, key);
}

/** The dictionary that stored values make. Throws when one of them cannot be read. */
export function decodeValues(stored: ReadonlyMap<string, StoredValue>, json: TaggedJSON): PlainObject {
  const values: PlainObject = {};
  for (const [key, value] of stored)
    assign(
      values,
      key,
      key === RESERVED.flashes ? decodeQueue(value, json).waiting : decodeValue(value, json),
    );
  return values;
}

/**
 * Whether a value is a number that a store can add to and lose nothing. DynamoDB's numbers have 38 decimal
 * digits: with these limits no sum of two needs more. They have no -0.
 */
export function isAddable(value: unknown): value is number {
  if (typeof value !== "number") return false;
  if (Number.isSafeInteger(value)) return !Object.is(value, -0);
  const size = Math.abs(value);
  return size >= LEAST_FRACTION && size <= Number.MAX_SAFE_INTEGER;
}

const LEAST_FRACTION = 1e-6;
