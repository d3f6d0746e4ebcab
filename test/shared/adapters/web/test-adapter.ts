import { type AdapterUnderTest, adapterCases, randomResponses } from "lambda-sessions/testing";
import { expect, test } from "vitest";
import { runsOf, SEED } from "../../../support/proofs.ts";

/** Runs the cases of all adapters, and random responses. */
export function testAdapter(adapter: AdapterUnderTest, except?: readonly string[]): void {
  testCases(adapter, except);
  testRandomResponses(adapter);
}

/**
 * Runs the cases of all adapters.
 *
 * @param except names of cases that the framework itself does not pass
 */
export function testCases(adapter: AdapterUnderTest, except: readonly string[] = []): void {
  const cases = adapterCases(adapter);
  for (const { name, run } of cases.filter(({ name }) => !except.includes(name))) test(name, run);
}

/** Sends random responses through an adapter: 10,000 with all proofs. */
export function testRandomResponses(adapter: AdapterUnderTest): void {
  test(`no Set-Cookie header of random responses is lost: ${adapter.name}`, async () => {
    const responses = runsOf({ all: 10_000, sampled: 300 });
    expect(await randomResponses(adapter, responses, SEED)).toMatchObject({ responses });
  });
}
