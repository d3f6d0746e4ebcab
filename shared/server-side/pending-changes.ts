import { ownLifetime, RESERVED } from "../session/reserved-keys.ts";
import { decodeQueue, encodeQueue, mergeFlashes } from "../stores/flash-queue.ts";
import type { SessionRecord, StoredValue } from "../stores/session-record.ts";
import { encodeValues, updateValue } from "../stores/stored-value.ts";
import type { SessionSave } from "./server-side-session.ts";
import type { StoredSession } from "./stored-session.ts";

/** The changes of a stored session that are not stored yet. */
export interface PendingChanges {
  /** The values to store, by key. */
  readonly set: Map<string, StoredValue>;
  /** The keys to remove. */
  readonly remove: Set<string>;
  /** Values that must not have changed since they were read, because `set` was computed from them. */
  readonly values: ReadonlyMap<string, StoredValue | undefined>;
  /** The changes of metadata that is not stored with the values. */
  readonly record: Pick<Partial<SessionRecord>, "createdAt" | "lifetime">;
}

/**
 * Returns the changes to write. Updates are applied to the values that parallel requests have stored since,
 * and flashed messages are merged with theirs.
 *
 * @throws UnstorableValueError when a value was changed inside to one that cannot be stored
 */
export function collectChanges(save: SessionSave, stored: StoredSession): PendingChanges {
  const { values, changedKeys, updates } = save.changes;
  const { json } = save.context;
  const keys = [...changedKeys].filter(isStoredValue);
  const set = encodeValues(values, keys, json);
  const remove = new Set(keys.filter((key) => !set.has(key)));
  const read = new Map([...updates.keys()].map((key) => [key, stored.record.values.get(key)]));
  for (const [key, update] of updates) set.set(key, updateValue(read.get(key), update, json, key).stored);
  const record = {
    ...(changedKeys.has(RESERVED.createdAt) && { createdAt: values[RESERVED.createdAt] as number }),
    ...(changedKeys.has(RESERVED.lifetime) && { lifetime: ownLifetime(values) }),
  };
  const changes = { set, remove, values: read, record };
  return changedKeys.has(RESERVED.flashes) ? withFlashes(changes, save, stored) : changes;
}

/** Returns whether a record has a key among its values, and not a field for it. */
export function isStoredValue(key: string): boolean {
  return key !== RESERVED.createdAt && key !== RESERVED.lifetime;
}

function withFlashes(
  { set, remove, values, ...changes }: PendingChanges,
  { context: { json }, changes: { tookFlashes: took } }: SessionSave,
  { opened, record }: StoredSession,
): PendingChanges {
  const key = RESERVED.flashes;
  const current = record.values.get(key);
  const before = decodeQueue(opened.values.get(key), json);
  const theirs = decodeQueue(current, json);
  const { waiting: mine } = decodeQueue(set.get(key), json);
  const queue = mergeFlashes({ before, mine, theirs, took });
  set.delete(key);
  remove.delete(key);
  if (queue.waiting.length > 0) set.set(key, encodeQueue(queue, json, key));
  else remove.add(key);
  return { ...changes, set, remove, values: new Map([...values, [key, current]]) };
}
