import { type Dictionary, isDictionary, isList } from "./plain-object.ts";
import type { TaggedJSON } from "./tagged-json.ts";

/**
 * A copy of a value, to find out later whether the value was changed in place.
 *
 * Arrays and objects are copied and their strings are shared, which takes less than half the time of writing the value
 * as JSON. A value of a tagged type is kept as its JSON.
 */
export type Snapshot = unknown;

/** Takes the snapshot. The value must not contain itself. */
export function takeSnapshot(value: unknown, json: TaggedJSON): Snapshot {
  return isObject(value) ? copyOf(value, json) : value;
}

/** Returns whether the value equals the snapshot, the order of keys included. The value may be anything. */
export function isUnchanged(value: unknown, snapshot: Snapshot, json: TaggedJSON): boolean {
  if (!isObject(snapshot)) return Object.is(value, snapshot);
  if (!isObject(value)) return false;
  if (!Array.isArray(snapshot))
    return isDictionary(value) && sameEntries(value, snapshot as Dictionary, json);
  return isList(value) ? sameItems(value, snapshot, json) : sameText(value, snapshot, json);
}

/** The first item of what is kept of a tagged type. The second one is the JSON. No session contains a symbol. */
const TAGGED = Symbol("tagged");

/** Copies all entries at once and then replaces the few that are objects. */
function copyOf(value: object, json: TaggedJSON): object {
  if (isList(value)) return copyOfList(value, json);
  if (!isDictionary(value)) return [TAGGED, json.dumps(value)];
  const copy: Dictionary = { ...value };
  for (const key in copy) {
    const item = copy[key];
    if (isObject(item)) copy[key] = copyOf(item, json);
  }
  return copy;
}

function copyOfList(value: readonly unknown[], json: TaggedJSON): unknown[] {
  const copy = value.slice();
  for (let index = 0; index < copy.length; index++) {
    const item = copy[index];
    if (isObject(item)) copy[index] = copyOf(item, json);
  }
  return copy;
}

function sameItems(value: readonly unknown[], snapshot: readonly unknown[], json: TaggedJSON): boolean {
  if (value.length !== snapshot.length) return false;
  for (let index = 0; index < snapshot.length; index++)
    if (!isUnchanged(value[index], snapshot[index], json)) return false;
  return true;
}

function sameEntries(value: Dictionary, snapshot: Dictionary, json: TaggedJSON): boolean {
  const keys = Object.keys(snapshot);
  let index = 0;
  for (const key in value)
    if (key !== keys[index++] || !isUnchanged(value[key], snapshot[key], json)) return false;
  return index === keys.length;
}

/** Returns false when the value cannot be stored any more; the save that follows says why it cannot. */
function sameText(value: object, [mark, text]: readonly unknown[], json: TaggedJSON): boolean {
  if (mark !== TAGGED || isDictionary(value)) return false;
  try {
    return json.dumps(value) === text;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
