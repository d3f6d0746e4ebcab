import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProviderError } from "../../../../shared/oidc/provider/provider-error.ts";
import type { TokenKeeper } from "../../../../shared/oidc/tokens/token-keeper.ts";
import { Random } from "../../../../shared/testing/random.ts";
import { ALL_PROOFS, casesOf, runsOf, SEED } from "../../../support/proofs.ts";
import { TokenFixture } from "./token-fixture.ts";
import type { TokenProvider } from "./token-provider.ts";

/** Lifetime of the provider's access tokens in seconds. They are refreshed when less than 60 are left. */
const LIFE = 300;

/** Lets others run for a random number of turns. */
function createTurns(): () => Promise<void> {
  const random = new Random(SEED);
  return async () => {
    for (let turns = random.between(0, 3); turns > 0; turns--) await new Promise(setImmediate);
  };
}

/** Returns keepers of many instances whose calls to the store and the provider are interleaved. */
function makeKeepers(fixture: TokenFixture, count: number, turn: () => Promise<void>): TokenKeeper[] {
  const { store: inner } = fixture.steered;
  const items = new Proxy(inner, {
    get: (_target, name: keyof typeof inner) => {
      const method = inner[name] as (...given: unknown[]) => Promise<unknown>;
      return async (...given: unknown[]) => {
        await turn();
        const result = await method.apply(inner, given);
        await turn();
        return result;
      };
    },
  });
  return Array.from({ length: count }, () => fixture.makeKeeper({ items, wait: turn }));
}

describe("10,000 parallel refreshes", () => {
  const CALLS = 10_000;
  /** Calls of one instance share a refresh, so in the full proof each call has an instance of its own. */
  const INSTANCES = runsOf({ all: CALLS, sampled: 250 });

  const CASES: [what: string, sessions: number, age: number][] = [
    ["of one session, whose token is about to expire", 1, LIFE - 59],
    ["of one session, whose token has expired", 1, LIFE],
    ["of 100 sessions, whose tokens are about to expire", 100, LIFE - 1],
    ["of 100 sessions, whose tokens have expired", 100, LIFE],
  ];

  test.each(casesOf(CASES, { eachNth: 3 }))(
    `by ${INSTANCES} instances %s, use no refresh token twice`,
    async (_what, sessions, age) => {
      const fixture = new TokenFixture({ life: LIFE });
      const data: Record<string, unknown>[] = [];
      for (let count = 0; count < sessions; count++) data.push(await fixture.signIn());
      const keepers = makeKeepers(fixture, INSTANCES, createTurns());
      fixture.clock.advance(age);
      const calls = Array.from({ length: CALLS }, (_, call) =>
        fixture.ask(data[Math.floor(call / 7) % sessions] ?? {}, keepers[call % INSTANCES]),
      );
      const outcomes = await Promise.all(calls);
      expect([fixture.provider.reused, fixture.provider.refreshes], `seed ${SEED}`).toEqual([[], sessions]);
      const ok = outcomes.filter((outcome) => fixture.provider.accepts(outcome));
      const unavailable = outcomes.filter((outcome) => outcome === "SessionUnavailableError");
      expect(ok.length + unavailable.length, `seed ${SEED}`).toBe(CALLS);
      if (age < LIFE) expect(unavailable, `seed ${SEED}`).toEqual([]);
    },
  );
});

type Fault =
  | "none"
  | "busy"
  | "refused"
  | "timeout"
  | "lost response"
  | "crash"
  | "crash after use"
  | "rejected";

/**
 * One request: after a pause, of one of the sessions, by one of the instances, with a fault of the provider.
 */
const REQUEST = fc.record({
  pause: fc.constantFrom(0, 0, 0, 1, 30, 61, LIFE - 59, LIFE),
  session: fc.nat(1),
  instance: fc.nat(3),
  fault: fc.constantFrom<Fault>(
    ...(["none", "none", "none", "busy", "refused", "timeout", "lost response"] as const),
    ...(["crash", "crash after use", "rejected"] as const),
  ),
  /** Failure of a write of the store: true if it was delivered, false if not. */
  write: fc.constantFrom(undefined, undefined, undefined, false, true),
});

const NEVER = new Promise<never>(() => {});

/** Makes the next request to the provider fail. */
function provoke(provider: TokenProvider, fault: Fault): void {
  if (fault === "busy") provider.fail("provider_unavailable", "", {}, { status: 503 });
  if (fault === "refused") provider.fail("provider_unreachable", "", {}, { code: "ECONNREFUSED" });
  if (fault === "timeout") provider.fail("provider_timeout", "");
  if (fault === "rejected") provider.answer(() => Response.json({ error: "invalid_grant" }, { status: 400 }));
  if (fault === "crash") provider.answer(() => NEVER);
  if (fault === "lost response")
    provider.answer(async (next) => {
      await next();
      throw new ProviderError("provider_timeout", "");
    });
  if (fault === "crash after use")
    provider.answer(async (next) => {
      await next();
      return NEVER;
    });
}

test("in whatever order requests, faults and crashes happen, no refresh token is used twice, and no expired token is returned", async () => {
  const tally = new Map<string, number>();
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(REQUEST, { minLength: 2, maxLength: 24 }),
    async (scheduler, requests) => {
      const fixture = new TokenFixture({ life: LIFE });
      const data = [await fixture.signIn(), await fixture.signIn()];
      const turn = (): Promise<void> => scheduler.schedule(Promise.resolve());
      const keepers = makeKeepers(fixture, 4, turn);
      const problems: string[] = [];
      const tasks = requests.map(async ({ pause, session, instance, fault, write }) => {
        await turn();
        fixture.clock.advance(pause);
        provoke(fixture.provider, fault);
        if (write !== undefined) fixture.steered.fail("write", undefined, { delivered: write });
        const before = fixture.clock.seconds;
        const outcome = await fixture.ask(data[session] ?? {}, keepers[instance]);
        const isToken = outcome.startsWith("access-");
        const kind = isToken ? `access-${Number(outcome !== `access-${session + 1}`)}` : outcome;
        tally.set(kind, (tally.get(kind) ?? 0) + 1);
        if (isToken && !fixture.provider.accepts(outcome, before)) problems.push(`${outcome} has expired`);
      });
      void Promise.all(tasks);
      await scheduler.waitIdle();
      expect([fixture.provider.reused, problems]).toEqual([[], []]);
    },
  );
  await fc.assert(property, { numRuns: runsOf({ all: 3000, sampled: 150 }) });
  // A sample is too small for all of these outcomes.
  if (!ALL_PROOFS) return;
  // The proof is about all of these outcomes: tokens of the sign-in and of a refresh, and each way to have
  // none.
  const ended = ["rejected", "lost", "removed"].map((reason) => `ProviderTokensEndedError: ${reason}`);
  const outcomes = ["access-0", "access-1", "SessionUnavailableError", "Error", ...ended];
  expect([...tally.keys()].sort()).toEqual(outcomes.sort());
});
