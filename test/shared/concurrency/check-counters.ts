import { type DoneStep, type History, isBefore, type RequestRecord } from "./history.ts";
import type { Check, Violation } from "./violation.ts";
import { savedWrites, stepsOnFound } from "./writes.ts";

/** A number that one kind of step counts. */
interface Counter {
  readonly verb: string;
  readonly key: string;
  /** Returns the number that a value stands for. */
  readonly sumOf: (value: unknown) => number;
}

/** An acknowledged increment, and the sum that it returned. */
interface Count {
  readonly session: string;
  readonly sum: number;
  readonly start: number;
  readonly end: number;
  readonly request: RequestRecord;
}

/** The counts of one session, and its number before them. */
interface Tally {
  readonly session: string;
  readonly base: number;
  /** The lowest sum first. */
  readonly counts: readonly Count[];
}

const COUNTERS: readonly Counter[] = [
  { verb: "increment", key: "n", sumOf: (value) => Number(value ?? 0) },
  { verb: "append", key: "log", sumOf: (value) => (value as unknown[] | undefined)?.length ?? 0 },
];

/**
 * Checks that each acknowledged increment counts once, and so does each update that appends: no two return
 * the same sum, no sum is missing, and later reads see all of them. A step that threw does not count.
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
    return base + theirs.length - Math.max(base, ...seen, ...theirs.map(({ sum }) => sum));
  });
  return losses.reduce((sum, loss) => sum + Math.max(loss, 0), 0);
}

function lostCounts(history: History, counter: Counter): Violation[] {
  const counts = Map.groupBy(countsOf(history, counter), ({ session }) => session);
  return savedWrites(history, counter.key).flatMap(({ session, possible }) => {
    const sorted = (counts.get(session) ?? []).sort((one, other) => one.sum - other.sum);
    const bases = possible.map((json) => counter.sumOf(json && JSON.parse(json)));
    const tallies = bases.map((base) => violationsIn({ session, base, counts: sorted }, history, counter));
    return tallies.some((violations) => violations.length === 0) ? [] : (tallies[0] ?? []);
  });
}

function countsOf(history: History, { verb, sumOf }: Counter): Count[] {
  return history.requests.flatMap((request) => {
    const { found: session, outcome, saved } = request;
    if (session === undefined || (!history.storesAtOnce && outcome !== "saved")) return [];
    const done = stepsOnFound(request).filter((step) => step.verb === verb && !step.hasFailed);
    const endOf = ({ end }: DoneStep): number => (history.storesAtOnce ? end : saved.number);
    return done.map((step) => ({
      session,
      sum: sumOf(step.result),
      start: step.start,
      end: endOf(step),
      request,
    }));
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

function gaps({ base, counts }: Tally): string[] {
  return counts.flatMap(({ sum, request }, index) => {
    const expected = base + index + 1;
    return sum === expected ? [] : [`#${request.number} returned ${sum}, but the next sum is ${expected}`];
  });
}

function disorder({ counts }: Tally): string[] {
  return counts.flatMap((later, index) => {
    const earlier = counts.slice(0, index).find((one) => isBefore(later, one));
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
