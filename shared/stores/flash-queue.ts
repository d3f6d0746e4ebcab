import { createIdentifier } from "../crypto/identifiers.ts";
import type { StoredValue } from "../stores/session-record.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";

/**
 * The messages that wait in a store. What tells one message from another is its place in the queue, not its
 * text.
 */
export interface FlashQueue {
  /** Names the queue: one that was emptied and filled again is another one. */
  readonly id: string;
  /** How many messages were taken out of it. */
  readonly taken: number;
  readonly waiting: readonly unknown[];
}

/**
 * A queue as a request found it, what the request leaves waiting, and the queue as others have left it by
 * now.
 */
export interface FlashVersions {
  readonly before: FlashQueue;
  readonly mine: readonly unknown[];
  readonly theirs: FlashQueue;
  /** Whether the request took the messages that it found. */
  readonly took: boolean;
}

/** The queue that stores keep for these messages. */
export function newQueue(waiting: readonly unknown[]): FlashQueue {
  return { id: createIdentifier(), taken: 0, waiting };
}

/**
 * The queue when parallel requests have changed it too: no message is lost, and none that was taken waits
 * again.
 */
export function mergeFlashes({ before, mine, theirs, took }: FlashVersions): FlashQueue {
  const { id, waiting } = theirs;
  if (!took) return { ...theirs, waiting: [...waiting, ...mine.slice(before.waiting.length)] };
  const end = id === before.id ? before.taken + before.waiting.length : 0;
  const taken = Math.max(theirs.taken, end);
  return { id, taken, waiting: [...waiting.slice(taken - theirs.taken), ...mine] };
}

/** The queue in the form that stores keep. */
export function encodeQueue({ id, taken, waiting }: FlashQueue, json: TaggedJSON, name: string): StoredValue {
  return json.dumps([id, taken, waiting], name);
}

/**
 * The queue again; a new one where nothing is stored, or nothing that can be read: messages are not worth a
 * session.
 */
export function decodeQueue(stored: StoredValue | undefined, json: TaggedJSON): FlashQueue {
  const [id, taken, waiting] = partsOf(stored, json);
  const isQueue = typeof id === "string" && Number.isSafeInteger(taken) && Array.isArray(waiting);
  return isQueue ? { id, taken: taken as number, waiting } : newQueue([]);
}

function partsOf(stored: StoredValue | undefined, json: TaggedJSON): readonly unknown[] {
  try {
    const parts = stored === undefined ? [] : json.loads(`${stored}`);
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
