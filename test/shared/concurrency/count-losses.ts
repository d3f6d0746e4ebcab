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

/** Waits for a turn, so that other requests continue. */
export type Turn = () => Promise<void>;

/** Options of `countLosses`. */
export interface LossOptions {
  /**
   * Creates a system without sessions. If it does not wait for systems outside the process, it should wait
   * for a turn before and after each store call.
   */
  readonly makeSystem: (turn: Turn) => SessionSystem<BasicSession> | Promise<SessionSystem<BasicSession>>;
  /** Determines the loads and, as far as the system allows, the order of events. */
  readonly seed: number;
  /** The number of loads, which run one after the other. */
  readonly loads: number;
}

/** Data that a system lost and restored under parallel requests. */
export interface Losses {
  readonly operations: number;
  readonly requests: number;
  /** Acknowledged writes that a later request did not read, although the key was not written again. */
  readonly lostUpdates: number;
  /** Acknowledged increments that were not counted. */
  readonly lostIncrements: number;
  /** Sessions that were opened or changed after their end. */
  readonly resurrections: number;
}

/** Runs the same parallel loads against any session library, and counts its losses and resurrections. */
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
