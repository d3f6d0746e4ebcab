import { createIdentifier } from "../crypto/identifiers.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { StoredValue } from "./session-record.ts";

/** Messages that wait in a store. A message is identified by its position in the queue, not by its text. */
export interface FlashQueue {
  /** Id of the queue. A queue that was emptied and filled again has a new one. */
  readonly id: string;
  /** Number of messages that were taken out of the queue. */
  readonly taken: number;
  readonly waiting: readonly unknown[];
}

/**
 * Queue as a request read it, the messages that the request leaves, and the queue that other requests have
 * written by now.
 */
export interface FlashVersions {
  readonly before: FlashQueue;
  readonly mine: readonly unknown[];
  readonly theirs: FlashQueue;
  /** True if the request took the messages that it read. */
  readonly took: boolean;
}

/** Returns a new queue with these messages. */
export function createQueue(waiting: readonly unknown[]): FlashQueue {
  return { id: createIdentifier(), taken: 0, waiting };
}

/**
 * Merges the queue of a request with the changes of parallel requests. No message is lost, and no taken
 * message waits again.
 */
export function mergeFlashes({ before, mine, theirs, took }: FlashVersions): FlashQueue {
  const { id, waiting } = theirs;
  if (!took) return { ...theirs, waiting: [...waiting, ...mine.slice(before.waiting.length)] };
  const end = id === before.id ? before.taken + before.waiting.length : 0;
  const taken = Math.max(theirs.taken, end);
  return { id, taken, waiting: [...waiting.slice(taken - theirs.taken), ...mine] };
}

/** Returns the queue in the form that stores keep. */
export function encodeQueue({ id, taken, waiting }: FlashQueue, json: TaggedJSON, name: string): StoredValue {
  return json.dumps([id, taken, waiting], name);
}

/**
 * Returns the queue of its stored form. Returns an empty queue if nothing is stored or it cannot be decoded,
 * because messages are not worth a session.
 */
export function decodeQueue(stored: StoredValue | undefined, json: TaggedJSON): FlashQueue {
  const [id, taken, waiting] = parseParts(stored, json);
  const isQueue = typeof id === "string" && Number.isSafeInteger(taken) && Array.isArray(waiting);
  return isQueue ? { id, taken: taken as number, waiting } : createQueue([]);
}

function parseParts(stored: StoredValue | undefined, json: TaggedJSON): readonly unknown[] {
  try {
    const parts = stored === undefined ? [] : json.loads(`${stored}`);
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
