import fc from "fast-check";
import { Clock } from "../../../shared/testing/clock.ts";
import { countLostIncrements } from "./check-counters.ts";
import { resurrections } from "./check-endings.ts";
import { countLostUpdates } from "./check-updates.ts";
import type { History } from "./history.ts";
import { type Load, loads } from "./load.ts";
import { BASIC_LOAD } from "./load-kinds.ts";
import { LoadRun } from "./load-run.ts";
import type { BasicSession, SessionSystem } from "./session-system.ts";
import { BASIC_STEPS } from "./steps.ts";

/** Lets others go on. */
export type Turn = () => Promise<void>;

/** What is counted, and how often. */
export interface LossOptions {
  /**
   * Makes a system that knows no session yet. Where it does not wait by itself for what is outside of the process, it
   * should wait for a turn before and after each call to its store.
   */
  readonly makeSystem: (turn: Turn) => SessionSystem<BasicSession> | Promise<SessionSystem<BasicSession>>;
  /** Decides about the loads and, as far as the system lets it, about the order of what happens. */
  readonly seed: number;
  /** How many loads are run, one after the other. */
  readonly loads: number;
}

/** What a system did with parallel requests. */
export interface Losses {
  readonly operations: number;
  readonly requests: number;
  /** Acknowledged writes that somebody who read later did not find, though nobody had written the key since. */
  readonly lostUpdates: number;
  /** Acknowledged increments that were not counted. */
  readonly lostIncrements: number;
  /** Sessions that were found again, or changed, after their end. */
  readonly resurrections: number;
}

/** Runs the same parallel loads against any session library, and counts what it loses and what comes back. */
export async function countLosses({ makeSystem, seed, loads: numRuns }: LossOptions): Promise<Losses> {
  const histories: History[] = [];
  for (const [index, load] of fc.sample(loads(BASIC_LOAD), { seed, numRuns, unbiased: true }).entries())
    histories.push(await run(load, makeSystem, seed + index));
  const sum = (count: (history: History) => number): number => {
    return histories.reduce((total, history) => total + count(history), 0);
  };
  return {
    operations: sum(({ operations }) => operations),
    requests: sum(({ requests }) => requests.length),
    lostUpdates: sum(countLostUpdates),
    lostIncrements: sum(countLostIncrements),
    resurrections: sum((history) => new Set(resurrections(history).map(({ session }) => session)).size),
  };
}

async function run(load: Load, makeSystem: LossOptions["makeSystem"], seed: number): Promise<History> {
  const [scheduler] = fc.sample(fc.scheduler(), { seed, numRuns: 1 });
  if (scheduler === undefined) throw new Error("fast-check gave no scheduler");
  const turn = (): Promise<void> => scheduler.schedule(Promise.resolve());
  const options = { system: await makeSystem(turn), steps: BASIC_STEPS, clock: new Clock(), turn };
  return scheduler.waitFor(new LoadRun(load, options).run());
}
