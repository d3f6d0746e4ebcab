import { isObject, isPlainArray, isPlainObject, type PlainObject } from "./plain-object.ts";
import type { TaggedJSON } from "./tagged-json.ts";

/**
 * Copy of a value that shows later whether the value was changed in place.
 *
 * Arrays and objects are copied, and their strings are shared, which takes less than half the time of writing
 * the value as JSON. A value of a tagged type is kept as its JSON.
 */
export type Snapshot = unknown;

/** Returns a snapshot. The value must not contain itself. */
export function takeSnapshot(value: unknown, json: TaggedJSON): Snapshot {
  return isObject(value) ? copy(value, json) : value;
}

/** Returns whether the value equals the snapshot, including the order of keys. Accepts any value. */
export function isUnchanged(value: unknown, snapshot: Snapshot, json: TaggedJSON): boolean {
  if (!isObject(snapshot)) return Object.is(value, snapshot);
  if (!isObject(value)) return false;
  if (!Array.isArray(snapshot))
    return isPlainObject(value) && hasSameEntries(value, snapshot as PlainObject, json);
  return isPlainArray(value) ? hasSameItems(value, snapshot, json) : hasSameText(value, snapshot, json);
}

/**
 * First item of the snapshot of a tagged type; the second item is its JSON. No session contains a symbol, so
 * no array has it.
 */
const TAGGED = Symbol("tagged");

/** Copies all entries at once and then replaces the few that are objects. */
function copy(value: object, json: TaggedJSON): object {
  if (isPlainArray(value)) return copyArray(value, json);
  if (!isPlainObject(value)) return [TAGGED, json.dumps(value)];
  const entries: PlainObject = { ...value };
  for (const key in entries) {
    const item = entries[key];
    if (isObject(item)) entries[key] = copy(item, json);
  }
  return entries;
}

function copyArray(value: readonly unknown[], json: TaggedJSON): unknown[] {
  const items = value.slice();
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (isObject(item)) items[index] = copy(item, json);
  }
  return items;
}

function hasSameItems(value: readonly unknown[], snapshot: readonly unknown[], json: TaggedJSON): boolean {
  if (value.length !== snapshot.length) return false;
  for (let index = 0; index < snapshot.length; index++)
    if (!isUnchanged(value[index], snapshot[index], json)) return false;
  return true;
}

function hasSameEntries(value: PlainObject, snapshot: PlainObject, json: TaggedJSON): boolean {
  const keys = Object.keys(snapshot);
  let index = 0;
  for (const key in value)
    if (key !== keys[index++] || !isUnchanged(value[key], snapshot[key], json)) return false;
  return index === keys.length;
}

/** Returns false if the value cannot be stored any more. The save that follows reports the reason. */
function hasSameText(value: object, [mark, text]: readonly unknown[], json: TaggedJSON): boolean {
  if (mark !== TAGGED || isPlainObject(value)) return false;
  try {
    return json.dumps(value) === text;
  } catch {
    return false;
  }
}
