import type { TaggedJSON } from "./tagged-json.ts";

/** The flashes of one session: as a request found them, as it leaves them, and as others have left them by now. */
export interface FlashVersions {
  readonly before: readonly unknown[];
  readonly mine: readonly unknown[];
  readonly theirs: readonly unknown[];
  /** Whether the request took those that it found. */
  readonly took: boolean;
}

/**
 * The messages that wait when parallel requests flashed too: none is lost, and one that this request took is not
 * shown again.
 */
export function mergeFlashes({ before, mine, theirs, took }: FlashVersions, json: TaggedJSON): unknown[] {
  if (!took) return [...theirs, ...mine.slice(before.length)];
  const areThere = json.dumps(theirs.slice(0, before.length)) === json.dumps(before);
  return [...(areThere ? theirs.slice(before.length) : theirs), ...mine];
}
