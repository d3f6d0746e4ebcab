import fc, { type Scheduler } from "fast-check";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { SessionStore } from "../../../shared/stores/session-store.ts";
import { ALL_PROOFS } from "../../support/proofs.ts";
import { violationsIn } from "./checks.ts";
import { violationsText } from "./history-text.ts";
import { type Load, type LoadKind, loads } from "./load.ts";
import { BRIEF_LOAD, CONTENDED_LOAD, ORDERLY_LOAD, RENEWAL_LOAD, WILD_LOAD } from "./load-kinds.ts";
import { runServerSideLoad } from "./server-side-load.ts";
import { Tally } from "./tally.ts";

/** How concurrency is tested on a store. */
export interface ConcurrencyOptions {
  /** Makes an empty store. */
  readonly makeStore: () => SessionStore | Promise<SessionStore>;
  /** How many loads of each kind are run. */
  readonly loads: number;
  /** Whether a load that fails does so each time, so that a smaller one that fails can be looked for. */
  readonly isRepeatable: boolean;
  /** What must have happened in some load, so that the test is not about nothing. */
  readonly mustHappen: readonly string[];
  /** How many operations there must have been at least. */
  readonly leastOperations: number;
}

/** What decides about all loads, and on a repeatable store about the order of all that happens. */
const SEED = Number(process.env.CONCURRENCY_SEED ?? Date.now() % 2 ** 31);

/** How many times as many loads are run. */
const SCALE = Number(process.env.CONCURRENCY_SCALE ?? 1);

const KINDS: readonly [what: string, LoadKind][] = [
  ["that do anything at any time lose nothing, and nothing comes back", WILD_LOAD],
  ["that sign in and out while they do nothing else are not signed out by a race", ORDERLY_LOAD],
  ["that all change one session lose nothing", CONTENDED_LOAD],
  ["that empty a session lose nothing that others put into it", BRIEF_LOAD],
  ["whose tokens are renewed keep one that works, in whatever order answers come", RENEWAL_LOAD],
];

/**
 * Describes what holds when many clients use server-side sessions on a store at the same time.
 *
 * `CONCURRENCY_SEED` repeats a run; `CONCURRENCY_SCALE` makes it so many times as long.
 */
export function describeConcurrency(name: string, options: ConcurrencyOptions): void {
  describe(`clients in parallel, on ${name},`, () => {
    const tally = new Tally();

    test.each(KINDS)("%s", { timeout: 120_000 * SCALE }, async (_what, kind) => {
      const property = fc.asyncProperty(fc.scheduler(), loads(kind), (scheduler, load) => {
        return check(load, scheduler, options, tally);
      });
      const numRuns = options.loads * SCALE;
      const endOnFailure = !options.isRepeatable;
      const result = await fc.check(property, { seed: SEED, numRuns, endOnFailure, unbiased: true });
      if (result.failed) throw new Error(`CONCURRENCY_SEED=${SEED}`, { cause: result.errorInstance });
    });

    // A sample is too small for all of it.
    test.runIf(ALL_PROOFS)("do all that matters", () => {
      const missing = options.mustHappen.filter((what) => tally.countOf(what) === 0);
      expect(missing).toEqual([]);
      expect(tally.operations).toBeGreaterThanOrEqual(options.leastOperations);
    });

    afterAll(() => {
      const { operations, requests } = tally;
      console.info(`${name}: ${operations} operations in ${requests} requests, CONCURRENCY_SEED=${SEED}`);
    });
  });
}

async function check(
  load: Load,
  scheduler: Scheduler,
  { makeStore, isRepeatable }: ConcurrencyOptions,
  tally: Tally,
): Promise<void> {
  const turn = (): Promise<void> => scheduler.schedule(Promise.resolve());
  if (isRepeatable) waitInTurns(turn);
  const history = await scheduler.waitFor(runServerSideLoad(load, await makeStore(), turn));
  tally.add(history);
  const violations = violationsIn(history);
  if (violations.length > 0) throw new Error(violationsText(violations, history));
}

/** Whoever waits for some time is called in any order, like everybody else. */
function waitInTurns(turn: () => Promise<void>): void {
  const wait = (resume: () => void): unknown => turn().then(resume);
  vi.spyOn(globalThis, "setTimeout").mockImplementation(wait as typeof setTimeout);
}
