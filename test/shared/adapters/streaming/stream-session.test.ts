import { provideAwsLambda, STREAMING_FORMS } from "lambda-sessions/gateway";
import { adapterCases, randomResponses } from "lambda-sessions/testing";
import { describe, expect, test } from "vitest";
import { runsOf, SEED } from "../../../support/proofs.ts";
import { streamingAdapter } from "./streaming-adapter.ts";

provideAwsLambda();

describe.each(STREAMING_FORMS.map(streamingAdapter))("$name", (adapter) => {
  for (const { name, run } of adapterCases(adapter)) test(name, run);

  test("no Set-Cookie header of random responses is lost", async () => {
    const responses = runsOf({ all: 10_000, sampled: 300 });
    expect(await randomResponses(adapter, responses, SEED)).toMatchObject({
      responses,
    });
  });
});
