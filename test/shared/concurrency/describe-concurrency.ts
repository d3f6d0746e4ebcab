import fc, { type Scheduler } from "fast-check";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { SessionStore } from "../../../shared/stores/session-store.ts";
import { ALL_PROOFS, SEED } from "../../support/proofs.ts";
import { violationsIn } from "./checks.ts";
import { violationsText } from "./history-text.ts";
import { type Load, type LoadKind, loads } from "./load.ts";
import { BRIEF_LOAD, CONTENDED_LOAD, ORDERLY_LOAD, RENEWAL_LOAD, WILD_LOAD } from "./load-kinds.ts";
import { runServerSideLoad } from "./server-side-load.ts";
import { Tally } from "./tally.ts";

/** Options of `describeConcurrency`. */
export interface ConcurrencyOptions {
  /** Creates an empty store. */
  readonly makeStore: () => SessionStore | Promise<SessionStore>;
  /** The number of loads of each kind. */
  readonly loads: number;
  /** True if a load that fails does so each time, so that it can be shrunk. */
  readonly isRepeatable: boolean;
  /** The events that must have happened in some load, so that the tests prove something. */
  readonly mustHappen: readonly string[];
  /** The minimum number of operations. */
  readonly leastOperations: number;
}

/** The factor by which the number of loads is multiplied. */
const SCALE = Number(process.env.CONCURRENCY_SCALE ?? 1);

const KINDS: readonly [what: string, LoadKind][] = [
  ["clients that do anything at any time lose no change, and no destroyed session is restored", WILD_LOAD],
  [
    "clients that sign in and out without other requests under way are not signed out by a race",
    ORDERLY_LOAD,
  ],
  ["clients that all change one session lose no change", CONTENDED_LOAD],
  ["clients that empty a session lose no data that others store in it", BRIEF_LOAD],
  ["clients whose tokens are renewed keep a valid one, in whatever order responses arrive", RENEWAL_LOAD],
];

/**
 * Tests the promises of server-side sessions while many clients use a store at the same time.
 *
 * The seed determines all loads, and on a repeatable store also the order of events. `CONCURRENCY_SCALE`
 * multiplies the number of loads.
 */
export function describeConcurrency(name: string, options: ConcurrencyOptions): void {
  describe(`parallel clients on ${name}`, () => {
    const tally = new Tally();

    test.each(KINDS)("%s", { timeout: 300_000 * SCALE }, async (_what, kind) => {
      const property = fc.asyncProperty(fc.scheduler(), loads(kind), (scheduler, load) => {
        return check(load, scheduler, options, tally);
      });
      const numRuns = options.loads * SCALE;
      const endOnFailure = !options.isRepeatable;
      const result = await fc.check(property, { numRuns, endOnFailure, unbiased: true });
      if (result.failed) throw new Error(`SEED=${SEED}`, { cause: result.errorInstance });
    });

    // A sample is too small for all of these events.
    test.runIf(ALL_PROOFS)("the loads have caused every event that the checks are about", () => {
      const missing = options.mustHappen.filter((what) => tally.countOf(what) === 0);
      expect(missing).toEqual([]);
      expect(tally.operations).toBeGreaterThanOrEqual(options.leastOperations);
    });

    afterAll(() => {
      const { operations, requests } = tally;
      console.info(`${name}: ${operations} operations in ${requests} requests, SEED=${SEED}`);
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
  // Tries end after five seconds, which are few for a machine that is busy with other work.
  vi.spyOn(performance, "now").mockReturnValue(0);
  if (isRepeatable) waitInTurns(turn);
  const history = await scheduler.waitFor(runServerSideLoad(load, await makeStore(), turn));
  tally.add(history);
  const violations = violationsIn(history);
  if (violations.length > 0) throw new Error(violationsText(violations, history));
}

/** Replaces timers by turns, so that the seed also determines the order of those who wait. */
function waitInTurns(turn: () => Promise<void>): void {
  const wait = (resume: () => void): unknown => turn().then(resume);
  vi.spyOn(globalThis, "setTimeout").mockImplementation(wait as typeof setTimeout);
}
