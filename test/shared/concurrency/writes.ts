import { type DoneStep, type History, type RequestRecord, sessionAfter } from "./history.ts";

/** An acknowledged write of one key. It took effect between its start and its end, which are numbers of events. */
export interface Write {
  readonly session: string;
  /** What may stand there afterwards, as JSON; `undefined` is no value. */
  readonly possible: readonly (string | undefined)[];
  readonly start: number;
  readonly end: number;
  readonly request: RequestRecord;
}

/** The steps that are stored at once, where the system does so. */
export const ATOMIC: ReadonlySet<string> = new Set(["increment", "append"]);

/** What was written under a key when sessions were saved. That a session begins is a write of all keys. */
export function savedWrites({ requests }: History, key: string): Write[] {
  return requests.flatMap((request) => {
    const session = sessionAfter(request);
    const possible = possibleAfter(request, key);
    if (request.outcome !== "saved" || session === undefined || possible === undefined) return [];
    return [{ session, possible, start: request.closed.number, end: request.saved.number, request }];
  });
}

/** The steps of a request that are about the session that it leaves, and not about one that it ended. */
export function keptSteps({ steps }: RequestRecord): readonly DoneStep[] {
  return steps.slice(
    Math.max(
      steps.findLastIndex(({ destroys }) => destroys),
      0,
    ),
  );
}

/** The steps of a request that are about the session that it found: all, or those before it ended it. */
export function stepsOnFound({ found, steps }: RequestRecord): readonly DoneStep[] {
  const end = steps.findIndex(({ destroys }) => destroys);
  return found === undefined ? [] : steps.slice(0, end < 0 ? steps.length : end);
}

/** Whether a request ended the session that it found, of its own will. */
export function hasDestroyed({ steps }: RequestRecord): boolean {
  return steps.some(({ destroys }) => destroys);
}

/** Whether a request wrote a key of the session that it leaves. */
export function hasWritten(request: RequestRecord, key: string): boolean {
  return keptSteps(request).some(({ writes }) => writes !== undefined && Object.hasOwn(writes, key));
}

/** The changes of the session that a request found which began after an event and were reported as done. */
export function changesAfter(
  request: RequestRecord,
  event: number,
  { storesAtOnce }: History,
): readonly DoneStep[] {
  const isKept = request.outcome === "saved" && sessionAfter(request) === request.found;
  return stepsOnFound(request).filter(({ verb, start, writes, hasFailed }) => {
    if (storesAtOnce && ATOMIC.has(verb)) return start > event && !hasFailed;
    return isKept && request.closed.number > event && (writes !== undefined || ATOMIC.has(verb));
  });
}

/** Somebody who signs in although the session was lost takes along what was known of it, or nothing of it. */
function possibleAfter(request: RequestRecord, key: string): Write["possible"] | undefined {
  const left = JSON.stringify(request.left[key]);
  if (keptSteps(request).some(({ writes }) => writes !== undefined && Object.hasOwn(writes, key)))
    return [left];
  if (sessionAfter(request) === request.found) return undefined;
  return request.found === undefined || hasDestroyed(request) ? [left] : [left, undefined];
}
