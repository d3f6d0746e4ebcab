import { type DoneStep, type History, type RequestRecord, sessionAfter } from "./history.ts";

/** An acknowledged write of one key. It took effect between the events `start` and `end`. */
export interface Write {
  readonly session: string;
  /** The possible values afterwards, as JSON; `undefined` for no value. */
  readonly possible: readonly (string | undefined)[];
  readonly start: number;
  readonly end: number;
  readonly request: RequestRecord;
  /** False if the request left the values as they were, because it may then save nothing. */
  readonly isCertain: boolean;
}

/**
 * The steps that are stored at once, if the system does so and the request does not renew its session before.
 */
export const ATOMIC: ReadonlySet<string> = new Set(["increment", "append"]);

/**
 * Returns whether a step is stored when it returns. After a renewal in the same request it waits for the
 * save, because the token before still opens the session.
 */
export function isStoredAtOnce(step: DoneStep, { steps }: RequestRecord, { storesAtOnce }: History): boolean {
  const renewal = steps.findIndex(({ renews }) => renews);
  return storesAtOnce && ATOMIC.has(step.verb) && (renewal < 0 || steps.indexOf(step) < renewal);
}

/** The keys that steps which are stored at once change. */
const COUNTERS: ReadonlySet<string> = new Set(["n", "log"]);

/** Returns the saved writes of a key. The beginning of a session is a write of all keys. */
export function savedWrites({ requests }: History, key: string): Write[] {
  return requests.flatMap((request) => {
    const session = sessionAfter(request);
    const possible = possibleAfter(request, key);
    if (request.outcome !== "saved" || session === undefined || possible === undefined) return [];
    const [start, end] = [request.closed.number, request.saved.number];
    return [{ session, possible, start, end, request, isCertain: hasSaved(request) }];
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

/** Returns whether a request surely saved something: it renewed or began a session, or left other data. */
function hasSaved(request: RequestRecord): boolean {
  const { found, seen, left, steps } = request;
  const keys = new Set([...Object.keys(seen), ...Object.keys(left)]).difference(COUNTERS);
  const isChanged = [...keys].some((key) => JSON.stringify(seen[key]) !== JSON.stringify(left[key]));
  return isChanged || sessionAfter(request) !== found || steps.some(({ renews }) => renews);
}

/** Returns whether a request wrote a key of the session that the client has afterwards. */
export function hasWritten(request: RequestRecord, key: string): boolean {
  return keptSteps(request).some(({ writes }) => writes !== undefined && Object.hasOwn(writes, key));
}

/** Returns the changes of the found session that began after an event and were reported as done. */
export function changesAfter(request: RequestRecord, event: number, history: History): readonly DoneStep[] {
  const isKept = request.outcome === "saved" && sessionAfter(request) === request.found;
  return stepsOnFound(request).filter((step) => {
    const { verb, start, writes, hasFailed } = step;
    if (isStoredAtOnce(step, request, history)) return start > event && !hasFailed;
    return (
      isKept &&
      hasSaved(request) &&
      request.closed.number > event &&
      (writes !== undefined || ATOMIC.has(verb))
    );
  });
}

/**
 * Returns the possible values of a key afterwards. A sign-in in a session that has ended keeps its data or
 * not, and counts what follows it from there or from nothing.
 */
function possibleAfter(request: RequestRecord, key: string): Write["possible"] | undefined {
  const left = JSON.stringify(request.left[key]);
  if (keptSteps(request).some(({ writes }) => writes !== undefined && Object.hasOwn(writes, key)))
    return [left];
  if (sessionAfter(request) === request.found) return undefined;
  if (request.found === undefined || hasDestroyed(request)) return [left];
  return [left, undefined, JSON.stringify(countedAfterSignIn(request)[key])];
}

/** Returns the counters of the steps after a sign-in alone. */
function countedAfterSignIn({ steps, left }: RequestRecord): Readonly<Record<string, unknown>> {
  const later = steps.slice(steps.findIndex(({ renews }) => renews) + 1);
  const countOf = (verb: string): number => later.filter((step) => step.verb === verb).length;
  const [n, items] = [countOf("increment"), countOf("append")];
  return {
    ...(n > 0 && { n }),
    ...(items > 0 && { log: (left.log as unknown[] | undefined)?.slice(-items) }),
  };
}
