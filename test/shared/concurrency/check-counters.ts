import { type History, isBefore, type RequestRecord, sessionAfter } from "./history.ts";
import type { Check, Violation } from "./violation.ts";
import { isStoredAtOnce, savedWrites, stepsOnFound } from "./writes.ts";

/** A number that one kind of step counts. */
interface Counter {
  readonly verb: string;
  readonly key: string;
  /** Returns the number that a value stands for. */
  readonly sumOf: (value: unknown) => number;
}

/** An acknowledged increment. */
interface Count {
  readonly session: string;
  /** The sum that it returned; `undefined` if it was saved later, beside others that it did not see. */
  readonly sum: number | undefined;
  readonly start: number;
  readonly end: number;
  readonly request: RequestRecord;
}

/** The counts of one session, and its number before them. */
interface Tally {
  readonly session: string;
  readonly base: number;
  readonly counts: readonly Count[];
  /** The counts with a sum, the lowest sum first. */
  readonly sums: readonly (Count & { readonly sum: number })[];
}

const COUNTERS: readonly Counter[] = [
  { verb: "increment", key: "n", sumOf: (value) => Number(value ?? 0) },
  { verb: "append", key: "log", sumOf: (value) => (value as unknown[] | undefined)?.length ?? 0 },
];

/**
 * Checks that each acknowledged increment counts once, and so does each update that appends: no two return
 * the same sum, no sum is missing, and later reads see all of them. A step that threw does not count. A step
 * after a renewal counts when the session is saved.
 */
export const lostIncrements: Check = (history) => COUNTERS.flatMap((counter) => lostCounts(history, counter));

/** Returns how many acknowledged increments are missing in the highest number that a request read. */
export function countLostIncrements(history: History): number {
  const [counter] = COUNTERS;
  if (counter === undefined) return 0;
  const counts = Map.groupBy(countsOf(history, counter), ({ session }) => session);
  const beginnings = savedWrites(history, counter.key);
  const losses = beginnings.map(({ session, possible }) => {
    const theirs = counts.get(session) ?? [];
    const seen = history.requests
      .filter(({ found }) => found === session)
      .map((one) => counter.sumOf(one.seen.n));
    const base = counter.sumOf(possible[0] && JSON.parse(possible[0]));
    return base + theirs.length - Math.max(base, ...seen, ...theirs.map(({ sum = 0 }) => sum));
  });
  return losses.reduce((sum, loss) => sum + Math.max(loss, 0), 0);
}

function lostCounts(history: History, counter: Counter): Violation[] {
  const counts = Map.groupBy(countsOf(history, counter), ({ session }) => session);
  return savedWrites(history, counter.key).flatMap(({ session, possible }) => {
    const theirs = counts.get(session) ?? [];
    const sums = theirs.filter(hasSum).sort((one, other) => one.sum - other.sum);
    const bases = possible.map((json) => counter.sumOf(json && JSON.parse(json)));
    const tallies = bases.map((base) =>
      violationsIn({ session, base, counts: theirs, sums }, history, counter),
    );
    return tallies.some((violations) => violations.length === 0) ? [] : (tallies[0] ?? []);
  });
}

function hasSum(count: Count): count is Count & { readonly sum: number } {
  return count.sum !== undefined;
}

function countsOf(history: History, { verb, sumOf }: Counter): Count[] {
  return history.requests.flatMap((request) => {
    const { found: session, outcome, closed, saved } = request;
    if (session === undefined) return [];
    const done = stepsOnFound(request).filter((step) => step.verb === verb && !step.hasFailed);
    return done.flatMap((step): Count[] => {
      const { start, end } = step;
      const sum = sumOf(step.result);
      if (isStoredAtOnce(step, request, history)) return [{ session, sum, start, end, request }];
      if (outcome !== "saved") return [];
      if (!history.storesAtOnce) return [{ session, sum, start, end: saved.number, request }];
      const isKept = sessionAfter(request) === session;
      return isKept ? [{ session, sum: undefined, start: closed.number, end: saved.number, request }] : [];
    });
  });
}

function violationsIn(tally: Tally, { requests }: History, { key, sumOf }: Counter): Violation[] {
  const readers = requests.filter(({ found }) => found === tally.session);
  const problems = [
    ...gaps(tally),
    ...disorder(tally),
    ...readers.flatMap((reader) => shortfall(tally, reader, sumOf(reader.seen[key]))),
  ];
  return problems.map((text) => ({
    kind: "lost increment",
    session: tally.session,
    text: `${key}: ${text}`,
  }));
}

/** Finds sums that are missing or returned twice. Counts without a sum may have any of those in between. */
function gaps({ base, counts, sums }: Tally): string[] {
  const spare = counts.length - sums.length;
  return sums.flatMap(({ sum, request }, index) => {
    const expected = base + index + 1;
    const isNext = sum >= expected && sum <= expected + spare && sum !== sums[index - 1]?.sum;
    return isNext ? [] : [`#${request.number} returned ${sum}, but the next sum is ${expected}`];
  });
}

function disorder({ sums }: Tally): string[] {
  return sums.flatMap((later, index) => {
    const earlier = sums.slice(0, index).find((one) => isBefore(later, one));
    return earlier
      ? [`#${later.request.number} returned ${later.sum} before ${earlier.sum} was returned`]
      : [];
  });
}

function shortfall({ base, counts }: Tally, { number, sent, opened }: RequestRecord, seen: number): string[] {
  const least = base + counts.filter(({ end }) => end < sent.number).length;
  const most = base + counts.filter(({ start }) => start < opened.number).length;
  return seen >= least && seen <= most ? [] : [`#${number} found ${seen}, and not ${least} to ${most}`];
}
