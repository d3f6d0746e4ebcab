import { expect } from "vitest";
import type { Fault } from "../../support/fault.ts";
import { type FaultySessions, type FaultyVisitor, type Item, look, type Seen } from "./faulty-sessions.ts";
import { DATA_BEFORE, type WriteScenario } from "./write-scenarios.ts";

/** What one run of a scenario came to. */
export interface Outcome {
  readonly seen: Seen;
  /** What the visitor finds in the session afterwards. */
  readonly after: Seen;
  /** How many sessions are in the table that have not ended. */
  readonly living: number;
  /** How many sessions users have, in all. */
  readonly members: number;
}

/** What happens to the calls of the request that writes. */
export interface Disturbance {
  readonly fault: Fault;
  /** The first call that it happens to; 0 is the first of all. */
  readonly from: number;
  /** To how many calls it happens. Default: 1. */
  readonly times?: number;
}

/** Brings a visitor to where the request of the scenario comes next. */
export async function prepare(
  sessions: FaultySessions,
  { settings = {}, before = DATA_BEFORE, wait = 0 }: WriteScenario,
): Promise<FaultyVisitor> {
  await sessions.clear();
  const visitor = sessions.visitor({ settings });
  for (const use of before) expect(await visitor.request(use)).toMatchObject({ status: 200 });
  sessions.clock.advance(wait);
  sessions.proxy.reset();
  return visitor;
}

/** Disturbs the calls of a visitor's next request. */
export async function disturbed(
  { proxy }: FaultySessions,
  { fault, from, times = 1 }: Disturbance,
  request: () => Promise<Seen>,
): Promise<Seen> {
  proxy.reset();
  proxy.steer(() => (proxy.count() > from && proxy.count() <= from + times ? fault : "pass"));
  const seen = await request();
  proxy.steer(() => "pass");
  return seen;
}

/** Runs a scenario. What is delivered late arrives before the visitor comes again. */
export async function runScenario(
  sessions: FaultySessions,
  scenario: WriteScenario,
  disturbance: Disturbance,
): Promise<Outcome> {
  const visitor = await prepare(sessions, scenario);
  const seen = await disturbed(sessions, disturbance, () => visitor.request(scenario.act));
  await sessions.proxy.replay();
  return outcomeOf(sessions, visitor, seen);
}

async function outcomeOf(sessions: FaultySessions, visitor: FaultyVisitor, seen: Seen): Promise<Outcome> {
  return { seen, after: await visitor.request(look), ...count(await sessions.items()) };
}

function count(items: readonly Item[]): { living: number; members: number } {
  const living = items.filter(({ pk, ended }) => pk?.S?.startsWith("session#") && ended === undefined);
  const members = items.flatMap(({ sessions }) => Object.keys(sessions?.M ?? {}));
  return { living: living.length, members: members.length };
}

/** A scenario without any fault. */
export interface Baseline extends Outcome {
  /** What the visitor finds in the session before. */
  readonly before: Seen;
  /** The operations that the request calls, in their order. */
  readonly operations: readonly string[];
}

/** Runs a scenario as it should go. */
export async function baselineOf(sessions: FaultySessions, scenario: WriteScenario): Promise<Baseline> {
  const before = await (await prepare(sessions, scenario)).request(look);
  const visitor = await prepare(sessions, scenario);
  const seen = await visitor.request(scenario.act);
  const operations = sessions.proxy.calls.map(({ operation }) => operation);
  return { before, operations, ...(await outcomeOf(sessions, visitor, seen)) };
}

/** The numbers of those calls that write. */
export function writesIn({ operations }: Baseline): readonly number[] {
  return [...operations.keys()].filter((number) => !operations[number]?.endsWith("GetItem"));
}
