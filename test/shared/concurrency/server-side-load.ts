import type { SessionStore } from "../../../shared/stores/session-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { ALL_STEPS } from "./all-steps.ts";
import type { History } from "./history.ts";
import { interleaved } from "./interleaved-store.ts";
import type { Load, Step } from "./load.ts";
import { LoadRun } from "./load-run.ts";
import { ServerSideSystem } from "./server-side-system.ts";

/** The steps of each client at the end, which show earlier losses. */
const LAST_STEPS: readonly Step[] = [["take flashes"], ["increment"], ["append"]];

/**
 * Runs a load on this project's server-side sessions.
 *
 * @param store an empty store
 * @param turn waits for a turn; those who wait continue in any order
 */
export function runServerSideLoad(
  load: Load,
  store: SessionStore,
  turn: () => Promise<unknown>,
): Promise<History> {
  const clock = new Clock();
  const { settings } = load;
  const system = new ServerSideSystem({ store: interleaved(store, turn), settings, clock: clock.now });
  return new LoadRun(load, { system, steps: ALL_STEPS, lastSteps: LAST_STEPS, clock, turn }).run();
}
