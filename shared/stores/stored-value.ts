import { RESERVED } from "../session/reserved-keys.ts";
import { assign, type PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import { createQueue, decodeQueue, encodeQueue } from "./flash-queue.ts";
import type { StoredValue } from "./session-record.ts";

/**
 * Returns a value in the form that stores keep.
 *
 * @param name the name of the value in errors
 * @throws UnstorableValueError that names the path of the value that cannot be stored
 */
export function encodeValue(value: unknown, json: TaggedJSON, name: string): StoredValue {
  return isAddable(value) ? value : json.dumps(value, name);
}

/** Returns the value of its stored form. Throws if `encodeValue` did not write the string. */
export function decodeValue(stored: StoredValue, json: TaggedJSON): unknown {
  return typeof stored === "number" ? stored : json.loads(stored);
}

/**
 * Returns the result of `change` for a stored value, and its stored form.
 *
 * @throws UnstorableValueError that names the path of the value that cannot be stored
 */
export function updateValue(
  stored: StoredValue | undefined,
  change: (value: unknown) => unknown,
  json: TaggedJSON,
  name: string,
): { readonly value: unknown; readonly stored: StoredValue } {
  const value = change(stored === undefined ? undefined : decodeValue(stored, json));
  json.check(value, name);
  return { value, stored: encodeValue(value, json, name) };
}

/** Returns the values of some keys in the form that stores keep. */
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
  return encodeQueue(createQueue(value as unknown[]), json, key);
}

/** Returns the data of stored values. Throws if one of them cannot be decoded. */
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
 * Returns whether a value is a number that a store can add to without losing digits. DynamoDB's numbers have
 * 38 decimal digits, and within these limits no sum of two numbers needs more. They have no -0.
 */
export function isAddable(value: unknown): value is number {
  if (typeof value !== "number") return false;
  if (Number.isSafeInteger(value)) return !Object.is(value, -0);
  const size = Math.abs(value);
  return size >= LEAST_FRACTION && size <= Number.MAX_SAFE_INTEGER;
}

const LEAST_FRACTION = 1e-6;
