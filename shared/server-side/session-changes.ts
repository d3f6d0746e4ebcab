import { RESERVED } from "../session/reserved-keys.ts";
import type { StoredValue } from "../stores/session-store.ts";
import { decodeQueue, encodeQueue, mergeFlashes } from "./flash-queue.ts";
import type { ServerSideSession } from "./server-side-session.ts";
import type { StoredSession } from "./stored-session.ts";
import { encodeValues } from "./stored-value.ts";

/** What a request changed of a stored session, as far as it is not stored yet. */
export interface SessionChanges {
  readonly set: Map<string, StoredValue>;
  readonly remove: Set<string>;
  /** Values that must be as they were read, since what is set was made of them. */
  readonly values?: ReadonlyMap<string, StoredValue | undefined>;
  /** When the session now counts as begun, in seconds since the epoch: it was signed in. */
  readonly createdAt?: number;
}

/**
 * What is to be written. Flashes are merged with those that parallel requests have stored since.
 *
 * @throws UnstorableValueError when a value was changed inside to what cannot be stored
 */
export function changesOf(session: ServerSideSession, stored: StoredSession): SessionChanges {
  const { json } = session.context;
  const values = session.dump();
  const keys = [...session.changedKeys].filter((key) => key !== RESERVED.created);
  const set = encodeValues(values, keys, json);
  const remove = new Set(keys.filter((key) => !set.has(key)));
  const changes = { set, remove, ...createdIn(session, values[RESERVED.created]) };
  return session.changedKeys.has(RESERVED.flashes) ? withFlashes(changes, session, stored) : changes;
}

function createdIn({ changedKeys }: ServerSideSession, createdAt: unknown): { createdAt?: number } {
  return changedKeys.has(RESERVED.created) ? { createdAt: createdAt as number } : {};
}

function withFlashes(
  { set, remove, ...changes }: SessionChanges,
  { context: { json }, tookFlashes: took }: ServerSideSession,
  { opened, record }: StoredSession,
): SessionChanges {
  const key = RESERVED.flashes;
  const present = record.values.get(key);
  const before = decodeQueue(opened.values.get(key), json);
  const theirs = decodeQueue(present, json);
  const { waiting: mine } = decodeQueue(set.get(key), json);
  const queue = mergeFlashes({ before, mine, theirs, took });
  set.delete(key);
  remove.delete(key);
  if (queue.waiting.length > 0) set.set(key, encodeQueue(queue, json, key));
  else remove.add(key);
  return { ...changes, set, remove, values: new Map([[key, present]]) };
}
