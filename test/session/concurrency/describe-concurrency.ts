import fc from "fast-check";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { SessionStore } from "../../../shared/session/session-store.ts";
import { violationsIn } from "./checks.ts";
import { violationsText } from "./history-text.ts";
import { type LoadKind, loads } from "./load.ts";
import { ORDERLY_LOAD, RENEWAL_LOAD, WILD_LOAD } from "./load-kinds.ts";
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
  readonly mustHappen?: readonly string[];
}

/** What decides about all loads, and on a repeatable store about the order of all that happens. */
const SEED = Number(process.env.CONCURRENCY_SEED ?? Date.now() % 2 ** 31);

/** How many times as many loads are run. */
const SCALE = Number(process.env.CONCURRENCY_SCALE ?? 1);

const KINDS: readonly [what: string, LoadKind][] = [
  ["that do anything at any time lose nothing, and nothing comes back", WILD_LOAD],
  ["that sign in and out with nothing else under way are not signed out by a race", ORDERLY_LOAD],
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
      const property = fc.asyncProperty(fc.scheduler(), loads(kind), async (scheduler, load) => {
        const turn = (): Promise<void> => scheduler.schedule(Promise.resolve());
        if (options.isRepeatable) waitInTurns(turn);
        const history = await scheduler.waitFor(runServerSideLoad(load, await options.makeStore(), turn));
        tally.add(history);
        const violations = violationsIn(history);
        if (violations.length > 0) throw new Error(violationsText(violations, history));
      });
      const numRuns = options.loads * SCALE;
      await fc.assert(property, { seed: SEED, numRuns, endOnFailure: !options.isRepeatable });
    });

    test.each(options.mustHappen ?? [])("were there when this happened: %s", (what) => {
      expect(tally.countOf(what)).toBeGreaterThan(0);
    });

    afterAll(() => {
      const { operations, requests } = tally;
      console.info(`${name}: ${operations} operations in ${requests} requests, CONCURRENCY_SEED=${SEED}`);
    });
  });
}

/** Whoever waits for some time is called in any order, like everybody else. */
function waitInTurns(turn: () => Promise<void>): void {
  const wait = (resume: () => void): unknown => turn().then(resume);
  vi.spyOn(globalThis, "setTimeout").mockImplementation(wait as typeof setTimeout);
}
