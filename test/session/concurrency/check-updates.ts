import { type History, isBefore, type RequestRecord } from "./history.ts";
import type { Check, Violation } from "./violation.ts";
import { savedWrites, type Write } from "./writes.ts";

/** The keys that are set and deleted; the user is one of them. */
const KEYS = ["a", "b", "c", "list", "user"];

/**
 * What a request finds under a key is what an acknowledged write left there, unless a write of the same key came
 * later. Whoever reads while there is writing may find the old or the new.
 */
export const lostUpdates: Check = (history) => KEYS.flatMap((key) => lostUpdatesOf(history, key));

function lostUpdatesOf(history: History, key: string): Violation[] {
  const writes = Map.groupBy(savedWrites(history, key), ({ session }) => session);
  return history.requests.flatMap((request) => {
    if (request.found === undefined) return [];
    const visible = visibleTo(request, writes.get(request.found) ?? []);
    const seen = JSON.stringify(request.seen[key]);
    if (visible.some(({ possible }) => possible.includes(seen))) return [];
    const expected = visible.flatMap(
      ({ possible, request: { number } }) => `${possible.join(" or ")} of #${number}`,
    );
    const text = `#${request.number} found ${seen} under ${key}, and not ${expected.join(" or ")}`;
    return [{ kind: "lost update", session: request.found, text }];
  });
}

/** The writes that a reader may see: begun before it has read, and not surely written over before. */
function visibleTo({ sent, opened }: RequestRecord, writes: readonly Write[]): Write[] {
  const read = { start: sent.number, end: opened.number };
  const begun = writes.filter(({ start }) => start < read.end);
  const isOverwritten = (write: Write): boolean =>
    begun.some((other) => isBefore(write, other) && isBefore(other, read));
  return begun.filter((write) => !isOverwritten(write));
}
