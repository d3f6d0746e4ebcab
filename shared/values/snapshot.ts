import { type Dictionary, isDictionary, isList } from "./plain-object.ts";
import type { TaggedJSON } from "./tagged-json.ts";

/**
 * What a value was at one moment, to tell later whether it changed underneath.
 *
 * It is a copy of lists and dictionaries that shares their texts, which costs a fifth of writing JSON twice.
 */
export type Snapshot = ListSnapshot | DictionarySnapshot | TextSnapshot | Scalar;

type Scalar = string | number | bigint | boolean | null | undefined;

/** Keys and values apart, so that no name of a key can mean anything. */
interface DictionarySnapshot {
  readonly keys: readonly string[];
  readonly values: readonly Snapshot[];
}

interface ListSnapshot {
  readonly items: readonly Snapshot[];
}

/** What stands for a value of a tagged type. */
interface TextSnapshot {
  readonly text: string;
}

/** Takes the snapshot. The value must not hold itself. */
export function takeSnapshot(value: unknown, json: TaggedJSON): Snapshot {
  if (typeof value !== "object" || value === null) return value as Scalar;
  if (isList(value)) return { items: value.map((item) => takeSnapshot(item, json)) };
  if (!isDictionary(value)) return { text: json.dumps(value) };
  const keys = Object.keys(value);
  return { keys, values: keys.map((key) => takeSnapshot(value[key], json)) };
}

/** Whether the value is still what it was. Anything may have been put in its place since. */
export function isUnchanged(value: unknown, snapshot: Snapshot, json: TaggedJSON): boolean {
  if (typeof snapshot !== "object" || snapshot === null) return Object.is(value, snapshot);
  if (typeof value !== "object" || value === null) return false;
  if ("items" in snapshot) return isList(value) && sameItems(value, snapshot, json);
  if ("keys" in snapshot) return isDictionary(value) && sameEntries(value, snapshot, json);
  return !isList(value) && !isDictionary(value) && sameText(value, snapshot, json);
}

function sameItems(value: readonly unknown[], { items }: ListSnapshot, json: TaggedJSON): boolean {
  return value.length === items.length && items.every((item, index) => isUnchanged(value[index], item, json));
}

function sameEntries(value: Dictionary, { keys, values }: DictionarySnapshot, json: TaggedJSON): boolean {
  const now = Object.keys(value);
  return (
    now.length === keys.length &&
    keys.every((key, index) => now[index] === key && isUnchanged(value[key], values[index], json))
  );
}

/** What cannot be written has changed; the save that follows says why it cannot. */
function sameText(value: object, { text }: TextSnapshot, json: TaggedJSON): boolean {
  try {
    return json.dumps(value) === text;
  } catch {
    return false;
  }
}
