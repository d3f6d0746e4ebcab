import { EVENT_FORMS } from "lambda-sessions/gateway";
import { adapterCases, randomResponses } from "lambda-sessions/testing";
import { describe, expect, test } from "vitest";
import { runsOf, SEED } from "../../support/proofs.ts";
import { bareAdapter } from "./bare-adapter.ts";

describe.each(EVENT_FORMS.map(bareAdapter))("$name", (adapter) => {
  for (const { name, run } of adapterCases(adapter)) test(name, run);

  test("no Set-Cookie header of random responses is lost", async () => {
    const responses = runsOf({ all: 10_000, sampled: 300 });
    expect(await randomResponses(adapter, responses, SEED)).toMatchObject({
      responses,
    });
  });
});
