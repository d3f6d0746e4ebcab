import { type DoneStep, type History, type RequestRecord, sessionAfter } from "./history.ts";

/** An acknowledged write of one key. It took effect between the events `start` and `end`. */
export interface Write {
  readonly session: string;
  /** The possible values afterwards, as JSON; `undefined` for no value. */
  readonly possible: readonly (string | undefined)[];
  readonly start: number;
  readonly end: number;
  readonly request: RequestRecord;
}

/** The steps that are stored at once, if the system does so. */
export const ATOMIC: ReadonlySet<string> = new Set(["increment", "append"]);

/** Returns the saved writes of a key. The beginning of a session is a write of all keys. */
export function savedWrites({ requests }: History, key: string): Write[] {
  return requests.flatMap((request) => {
    const session = sessionAfter(request);
    const possible = possibleAfter(request, key);
    if (request.outcome !== "saved" || session === undefined || possible === undefined) return [];
    return [{ session, possible, start: request.closed.number, end: request.saved.number, request }];
  });
}

/** Returns the steps of a request that concern the session afterwards, and not one that it ended. */
export function keptSteps({ steps }: RequestRecord): readonly DoneStep[] {
  return steps.slice(
    Math.max(
      steps.findLastIndex(({ destroys }) => destroys),
      0,
    ),
  );
}

/** Returns the steps of a request that concern the session that it found. */
export function stepsOnFound({ found, steps }: RequestRecord): readonly DoneStep[] {
  const end = steps.findIndex(({ destroys }) => destroys);
  return found === undefined ? [] : steps.slice(0, end < 0 ? steps.length : end);
}

/** Returns whether a step of a request ended the session that it found. */
export function hasDestroyed({ steps }: RequestRecord): boolean {
  return steps.some(({ destroys }) => destroys);
}

/** Returns whether a request wrote a key of the session that the client has afterwards. */
export function hasWritten(request: RequestRecord, key: string): boolean {
  return keptSteps(request).some(({ writes }) => writes !== undefined && Object.hasOwn(writes, key));
}

/** Returns the changes of the found session that began after an event and were reported as done. */
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

/**
 * Returns the possible values of a key afterwards. A sign-in in a session that is over keeps its data or not.
 */
function possibleAfter(request: RequestRecord, key: string): Write["possible"] | undefined {
  const left = JSON.stringify(request.left[key]);
  if (keptSteps(request).some(({ writes }) => writes !== undefined && Object.hasOwn(writes, key)))
    return [left];
  if (sessionAfter(request) === request.found) return undefined;
  return request.found === undefined || hasDestroyed(request) ? [left] : [left, undefined];
}
