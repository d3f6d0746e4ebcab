import { expect } from "vitest";
import type { Fault } from "../../support/fault.ts";
import { type FaultySessions, type FaultyVisitor, type Item, look, type Seen } from "./faulty-sessions.ts";
import { DATA_BEFORE, type WriteScenario } from "./write-scenarios.ts";

/** The result of one run of a scenario. */
export interface Outcome {
  readonly seen: Seen;
  /** The response to a read of the session afterwards. */
  readonly after: Seen;
  /** The number of sessions in the table that have not ended. */
  readonly living: number;
  /** The number of sessions in the lists of all users. */
  readonly members: number;
}

/** A fault in the calls of the request that writes. */
export interface Disturbance {
  readonly fault: Fault;
  /** The number of the first call with the fault; 0 is the first call. */
  readonly from: number;
  /** The number of calls with the fault. Default: 1. */
  readonly times?: number;
}

/** Returns a visitor who has sent the requests before that of the scenario. */
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

/** Sends a request whose store calls have a fault. */
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

/** Runs a scenario. Calls that are delivered late arrive before the visitor's next request. */
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

/** The result of a scenario without a fault. */
export interface Baseline extends Outcome {
  /** The response to a read of the session before the request. */
  readonly before: Seen;
  /** The operations that the request calls, in order. */
  readonly operations: readonly string[];
}

/** Runs a scenario without a fault. */
export async function baselineOf(sessions: FaultySessions, scenario: WriteScenario): Promise<Baseline> {
  const before = await (await prepare(sessions, scenario)).request(look);
  const visitor = await prepare(sessions, scenario);
  const seen = await visitor.request(scenario.act);
  const operations = sessions.proxy.calls.map(({ operation }) => operation);
  return { before, operations, ...(await outcomeOf(sessions, visitor, seen)) };
}

/** Returns the numbers of the calls that write. */
export function writesIn({ operations }: Baseline): readonly number[] {
  return [...operations.keys()].filter((number) => !operations[number]?.endsWith("GetItem"));
}
