import { RESERVED } from "../session/reserved-keys.ts";
import { decodeQueue, encodeQueue, mergeFlashes } from "../stores/flash-queue.ts";
import type { StoredValue } from "../stores/session-record.ts";
import { encodeValues } from "../stores/stored-value.ts";
import type { SessionSave } from "./server-side-session.ts";
import type { StoredSession } from "./stored-session.ts";

/** The changes of a stored session that are not stored yet. */
export interface PendingChanges {
  /** The values to store, by key. */
  readonly set: Map<string, StoredValue>;
  /** The keys to remove. */
  readonly remove: Set<string>;
  /** Values that must not have changed since they were read, because `set` was computed from them. */
  readonly values?: ReadonlyMap<string, StoredValue | undefined>;
  /** When the session counts as created after a sign-in, in seconds since the epoch. */
  readonly createdAt?: number;
}

/**
 * Returns the changes to write. Flashed messages are merged with those that parallel requests have stored
 * since.
 *
 * @throws UnstorableValueError when a value was changed inside to one that cannot be stored
 */
export function collectChanges(save: SessionSave, stored: StoredSession): PendingChanges {
  const { values, changedKeys } = save.changes;
  const keys = [...changedKeys].filter((key) => key !== RESERVED.created);
  const set = encodeValues(values, keys, save.context.json);
  const remove = new Set(keys.filter((key) => !set.has(key)));
  const createdAt = values[RESERVED.created] as number;
  const changes = { set, remove, ...(changedKeys.has(RESERVED.created) && { createdAt }) };
  return changedKeys.has(RESERVED.flashes) ? withFlashes(changes, save, stored) : changes;
}

function withFlashes(
  { set, remove, ...changes }: PendingChanges,
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
  return { ...changes, set, remove, values: new Map([[key, current]]) };
}
