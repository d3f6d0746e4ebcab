import { expect, test } from "vitest";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { countLosses } from "./count-losses.ts";
import { interleaved } from "./interleaved-store.ts";
import { ServerSideSystem } from "./server-side-system.ts";
import { WholeSessionSystem } from "./whole-session-system.ts";

const SETTINGS = {
  lifetime: 3600,
  renewAfter: undefined,
  maxSessionsPerUser: 50,
  sessionLimitPolicy: "end-oldest",
  permanent: false,
  refreshEachRequest: false,
} as const;

test("a library that writes whole sessions loses updates and restores destroyed sessions under parallel requests", async () => {
  const makeSystem = (turn: () => Promise<void>) => new WholeSessionSystem(turn);
  const losses = await countLosses({ makeSystem, seed: 1, loads: 100 });
  expect(losses.lostUpdates).toBeGreaterThan(0);
  expect(losses.lostIncrements).toBeGreaterThan(0);
  expect(losses.resurrections).toBeGreaterThan(0);
});

test("server-side sessions lose no update and restore no destroyed session under parallel requests", async () => {
  const makeSystem = (turn: () => Promise<void>) => {
    const store = interleaved(new MemoryStore(), turn);
    return new ServerSideSystem({ store, settings: SETTINGS, clock: new Clock().now });
  };
  const losses = await countLosses({ makeSystem, seed: 1, loads: 100 });
  expect(losses).toMatchObject({ lostUpdates: 0, lostIncrements: 0, resurrections: 0 });
  expect(losses.operations).toBeGreaterThan(1000);
});
