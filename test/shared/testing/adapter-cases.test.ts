import { EVENT_FORMS, type WireResponse } from "lambda-sessions/gateway";
import { type AdapterUnderTest, adapterCases, randomResponses } from "lambda-sessions/testing";
import { expect, test } from "vitest";
import { bareAdapter } from "../adapters/bare-adapter.ts";

const [form] = EVENT_FORMS;
const right = bareAdapter(form as (typeof EVENT_FORMS)[number]);

/** Returns an adapter with a defect in its responses. */
function broken(breakResponse: (response: WireResponse) => WireResponse): AdapterUnderTest {
  return {
    ...right,
    start: async (withSession, script) => {
      const send = await right.start(withSession, script);
      return async (request) => breakResponse(await send(request));
    },
  };
}

function cookiesOf({ headers }: WireResponse) {
  return headers.filter(([name]) => name === "set-cookie");
}

function othersOf({ headers }: WireResponse) {
  return headers.filter(([name]) => name !== "set-cookie");
}

/** Returns the names of the cases that fail. */
async function failing(adapter: AdapterUnderTest): Promise<string[]> {
  const failed = adapterCases(adapter).map(({ name, run }) =>
    run().then(
      () => [],
      () => [name],
    ),
  );
  return (await Promise.all(failed)).flat();
}

const DEFECTS: readonly (readonly [string, (response: WireResponse) => WireResponse])[] = [
  [
    "joins Set-Cookie headers with commas",
    (response) => {
      const joined = cookiesOf(response)
        .map(([, value]) => value)
        .join(", ");
      return { ...response, headers: [...othersOf(response), ["set-cookie", joined]] };
    },
  ],
  [
    "loses the last Set-Cookie header",
    (response) => ({
      ...response,
      headers: [...othersOf(response), ...cookiesOf(response).slice(0, -1)],
    }),
  ],
  [
    "reverses Set-Cookie headers",
    (response) => ({
      ...response,
      headers: [...othersOf(response), ...cookiesOf(response).reverse()],
    }),
  ],
  ["reads bodies as text", (response) => ({ ...response, body: Buffer.from(response.body.toString()) })],
];

test.each(DEFECTS)("an adapter that %s fails cases of the suite", async (_defect, breakResponse) => {
  expect(await failing(broken(breakResponse))).not.toEqual([]);
});

test.each(DEFECTS)(
  "an adapter that %s fails with random responses, and the error has the seed",
  async (_defect, breakResponse) => {
    await expect(randomResponses(broken(breakResponse), 200, 7)).rejects.toThrow(/^response \d+ of seed 7: /);
  },
);

test("an adapter without a defect fails no case", async () => {
  expect(await failing(right)).toEqual([]);
});

test("a seed repeats the same responses", async () => {
  const runs = [await randomResponses(right, 50, 7), await randomResponses(right, 50, 7)];
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]?.cookies).toBeGreaterThan(50);
});
