import { describe, expect, test, vi } from "vitest";
import { RetryableError } from "../../../shared/keys/secrets-manager.ts";
import { ALL_PROOFS, runsOf, SEED } from "../../support/proofs.ts";
import {
  emptyTally,
  RotationSimulation,
  SECRETS,
  type SimulationOptions,
  type Tally,
} from "./rotation-simulation.ts";
import type { ProviderKind } from "./rotation-simulation-function.ts";

/**
 * Seed of schemes that must fail, which only shows that the simulation finds it. By chance, few runs do not
 * fail.
 */
const SEED_TO_FAIL = 1;

const RUNS = runsOf({ all: 1000, sampled: 100 });
const RUNS_TO_FAIL = 100;

/** Secrets Manager in memory instead of HTTP requests. */
vi.mock("../../../shared/keys/secrets-manager.ts", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  callSecretsManager: async (action: string, parameters: { readonly SecretId: string }) => {
    const answer = SECRETS.get(parameters.SecretId)?.answer({
      method: "POST",
      path: "/",
      headers: { "x-amz-target": `secretsmanager.${action}` },
      body: JSON.stringify(parameters),
    });
    if (typeof answer !== "object") throw new RetryableError("Secrets Manager cannot be reached");
    return { status: answer.status, body: JSON.parse(answer.body) };
  },
}));

async function simulate(runs: number, options: Omit<SimulationOptions, "seed">, seed = SEED): Promise<Tally> {
  const tally = emptyTally();
  for (let run = 0; run < runs; run++)
    await new RotationSimulation({ ...options, seed: seed + run }, tally).run();
  console.info(`SEED=${seed}, ${runs} runs, ${JSON.stringify(options)}: ${JSON.stringify(tally)}`);
  return tally;
}

/** Checks that the runs contain enough events to prove anything. */
function expectMuch(
  { visits, promotions, retirements, replays, failedSteps, unavailable }: Tally,
  runs: number,
) {
  expect(visits).toBeGreaterThan(5 * runs);
  expect(promotions).toBeGreaterThan(runs);
  for (const count of [retirements, replays, failedSteps, unavailable])
    expect(count).toBeGreaterThan(runs / 4);
}

describe(`a simulation with SEED=${SEED}`, () => {
  test.each<[string, ProviderKind]>([
    ["with the deployed key provider", "deployed"],
    ["without refreshKeys", "no refreshKeys"],
  ])("rotations lose no session and accept no cookie of a removed key %s", async (_how, provider) => {
    const tally = await simulate(RUNS, { scheme: "next, then current", provider });
    expectMuch(tally, RUNS);
    expect(tally).toMatchObject({ lost: 0, accepted: 0, acceptedForged: 0, hastyRefreshes: 0 });
    // A sample is too small for this share.
    if (ALL_PROOFS) expect(tally.blind + tally.overdue).toBeLessThan(tally.visits / 100);
  });

  test("sessions are lost if a new key signs at once, and refreshKeys saves most of them", async () => {
    const simulateNaive = (provider: ProviderKind) =>
      simulate(RUNS_TO_FAIL, { scheme: "naive", provider }, SEED_TO_FAIL);
    const [naive, saved] = [await simulateNaive("no refreshKeys"), await simulateNaive("deployed")];
    expect(naive.lost).toBeGreaterThan(0);
    expect(saved.lost).toBeLessThan(naive.lost);
  });

  test("cookies of removed keys are accepted if cached keys may have any age", async () => {
    const options = { scheme: "next, then current", provider: "no hard limit" } as const;
    const tally = await simulate(2 * RUNS_TO_FAIL, options, SEED_TO_FAIL);
    expect(tally.accepted).toBeGreaterThan(0);
  });
});
