import type { SessionStore } from "../../../shared/session/session-store.ts";
import { Clock } from "../../support/clock.ts";
import { ALL_STEPS } from "./all-steps.ts";
import type { History } from "./history.ts";
import { interleaved } from "./interleaved-store.ts";
import type { Load } from "./load.ts";
import { LoadRun } from "./load-run.ts";
import { ServerSideSystem } from "./server-side-system.ts";

/** Runs a load on a store. */
export async function runOn(store: SessionStore, load: Load, turn: () => Promise<unknown>): Promise<History> {
  const clock = new Clock();
  const { settings } = load;
  const system = new ServerSideSystem({ store: interleaved(store, turn), settings, clock: clock.now });
  const lastSteps = [["take flashes"], ["increment"]] as const;
  return new LoadRun(load, { system, steps: ALL_STEPS, lastSteps, clock, turn }).run();
}
