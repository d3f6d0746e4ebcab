import { type History, isBefore, type RequestRecord } from "./history.ts";
import type { Check } from "./violation.ts";
import { hasDestroyed, hasWritten, savedWrites, type Write } from "./writes.ts";

/** The keys that are set and deleted, with the user. */
const KEYS = ["a", "b", "c", "list", "user"];

/** The value of a key that a request read, between two events. */
interface Reading {
  readonly session: string;
  readonly value: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A value that was read, and the writes of which one should have been read instead. */
interface Loss {
  readonly key: string;
  readonly reading: Reading;
  readonly visible: readonly Write[];
}

/**
 * Checks that a request reads the value of the last acknowledged write of a key. During a write, the old or
 * the new value may be read. A session that is ended because it is empty has no value.
 */
export const lostUpdates: Check = (history) =>
  lossesIn(history).map(({ reading, visible }) => {
    const expected = visible.map(({ possible, request }) => `${possible.join(" or ")} of #${request.number}`);
    const text = `${reading.text}, and not ${expected.join(" or ")}`;
    return { kind: "lost update", session: reading.session, text };
  });

/** Returns how many acknowledged writes a later request did not read. */
export function countLostUpdates(history: History): number {
  const lost = lossesIn(history).flatMap(({ key, visible }) =>
    visible.map(({ request }) => `${key} #${request.number}`),
  );
  return new Set(lost).size;
}

function lossesIn(history: History): Loss[] {
  return KEYS.flatMap((key) => {
    const writes = Map.groupBy(savedWrites(history, key), ({ session }) => session);
    const readings = history.requests.flatMap((request) => readingsOf(request, key));
    const found = readings.map((reading) => ({
      key,
      reading,
      visible: visibleTo(reading, writes.get(reading.session) ?? []),
    }));
    return found.filter(
      ({ reading, visible }) => !visible.some(({ possible }) => possible.includes(reading.value)),
    );
  });
}

function readingsOf(request: RequestRecord, key: string): Reading[] {
  const { number, found: session, sent, opened, closed, saved, seen } = request;
  if (session === undefined) return [];
  const value = JSON.stringify(seen[key]);
  const text = `#${number} found ${value} under ${key}`;
  const first = { session, value, start: sent.number, end: opened.number, text };
  if (!hasEmptied(request) || hasWritten(request, key)) return [first];
  const end = `#${number} ended the session as empty, with nothing under ${key}`;
  return [first, { session, value: undefined, start: closed.number, end: saved.number, text: end }];
}

function hasEmptied(request: RequestRecord): boolean {
  const { outcome, isCleared, found, over } = request;
  const isEnd = over.some(({ session, why }) => session === found && why === "session_destroyed");
  return outcome === "saved" && isCleared && isEnd && !hasDestroyed(request);
}

/**
 * Returns the writes that may be read: begun before the reading ends, and not surely overwritten before it
 * starts.
 */
function visibleTo(reading: Reading, writes: readonly Write[]): Write[] {
  const begun = writes.filter(({ start }) => start < reading.end);
  const isOverwritten = (write: Write): boolean =>
    begun.some((other) => other.isCertain && isBefore(write, other) && isBefore(other, reading));
  return begun.filter((write) => !isOverwritten(write));
}
