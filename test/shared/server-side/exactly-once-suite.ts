import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Session } from "../../../shared/session/session.ts";
import type { Fault } from "../../support/fault.ts";
import { casesOf } from "../../support/proofs.ts";
import { type Database, FaultySessions, look, type Use } from "./faulty-sessions.ts";
import { type Baseline, baselineOf, disturbed, prepare, runScenario, writesIn } from "./run-scenario.ts";
import { WRITES, type WriteScenario } from "./write-scenarios.ts";

interface Meanwhile {
  readonly use: Use;
  /** Seconds that pass before the request. Default: 1. */
  readonly seconds?: number;
  /** True if it ends the session. */
  readonly ends?: boolean;
}

/** Requests of a visitor before a copy of an earlier call arrives. */
const MEANWHILE: readonly [what: string, Meanwhile][] = [
  ["a change, 15 seconds later", { use: change, seconds: 15 }],
  ["a renewal", { use: (session) => session.renew() }],
  ["a sign-in", { use: (session) => session.signIn({ id: "eve", name: "Eve" }) }],
  ["a sign-out, an hour later", { use: (session) => session.signOut(), seconds: 3600, ends: true }],
];

/** Faults of a call that is executed. */
const FAULTS: readonly [what: string, Fault][] = [
  ["response is lost", "lose answer"],
  ["call fails after it was executed", { error: "InternalServerError", delivered: true }],
  ["call arrives twice at once", "twice at once"],
];

async function change(session: Session): Promise<void> {
  for (const key of ["text", "list", "key 1"]) session.set(key, "meanwhile");
  session.delete("key 2");
  await session.increment("n", 1000);
}

/**
 * Tests on any DynamoDB that each write of a session is executed once, although responses are lost and calls
 * arrive twice.
 *
 * @param database default: an embedded DynamoDB
 */
export function describeExactlyOnce(name: string, database?: Database): void {
  let sessions: FaultySessions;

  describe(`on ${name}`, () => {
    beforeAll(async () => {
      sessions = await FaultySessions.start(database);
    });

    afterAll(() => sessions.stop());

    beforeEach(() => {
      // Removes the random wait of the SDK before a retry.
      vi.spyOn(Math, "random").mockReturnValue(0);
    });

    afterEach(() => sessions.proxy.reset());

    const scenarios = Object.entries(WRITES).map(
      ([name, scenario], index) => [name, scenario, index] as const,
    );

    // In a sample, each scenario gets one fault and one request in between; the next scenario gets the next
    // ones.
    describe.each(scenarios)("%s", (name, scenario, index) => {
      let baseline: Baseline;

      beforeAll(async () => {
        baseline = await baselineOf(sessions, scenario);
      });

      test.each(casesOf(FAULTS, { eachNth: FAULTS.length, first: index }))(
        `${name} is written once when its %s`,
        async (_what, fault) => {
          const { before: _, operations: __, ...expected } = baseline;
          for (const from of writesIn(baseline))
            expect(await runScenario(sessions, scenario, { fault, from }), `call ${from}`).toEqual(expected);
        },
      );

      test.each(casesOf(MEANWHILE, { eachNth: MEANWHILE.length, first: index }))(
        `a copy of the call of ${name} changes nothing when it arrives after %s`,
        async (_what, meanwhile) => {
          for (const from of writesIn(baseline)) await expectNoChange(scenario, from, meanwhile);
        },
      );
    });
  });

  /** Sends another request between a call and its copy, and expects that the copy changes nothing. */
  async function expectNoChange(scenario: WriteScenario, from: number, meanwhile: Meanwhile): Promise<void> {
    const { use, seconds = 1, ends = false } = meanwhile;
    const visitor = await prepare(sessions, scenario);
    await disturbed(sessions, { fault: "keep", from }, () => visitor.request(scenario.act));
    const { cookie } = visitor;
    sessions.clock.advance(seconds);
    expect(await visitor.request(use)).toMatchObject({ status: 200 });
    const before = await visitor.request(look);
    expect(await sessions.proxy.replay()).toHaveLength(1);
    expect(await visitor.request(look), `call ${from}`).toEqual(before);
    if (ends) expect((await visitor.request(look, cookie ?? "")).result).toEqual({ isNew: true });
  }
}
