import { expect, test } from "vitest";
import { Clock } from "../../../shared/testing/clock.ts";
import { type FilterLogEvents, PacedLogs } from "./paced-logs.ts";

/** A dozen log groups, as a stack has them. */
const GROUPS = Array.from({ length: 12 }, (_, index) => `group-${index}`);

/**
 * Fake CloudWatch Logs with two pages in each group. It throttles the sixth call within a second, as AWS
 * does.
 */
class FakeLogs {
  readonly clock = new Clock();
  readonly #calls: number[] = [];

  readonly filter: FilterLogEvents = async ({ logGroupName, nextToken }) => {
    const now = this.clock.now();
    this.#calls.push(now);
    if (this.#calls.filter((call) => now - call < 1000).length > 5)
      throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    const events = [{ message: `${logGroupName} ${nextToken ?? "first"}` }];
    return nextToken ? { events } : { events, nextToken: "second" };
  };

  readonly wait = async (milliseconds: number) => this.clock.advance(milliseconds / 1000);
}

test("the fake throttles log groups that are read in parallel", async () => {
  const logs = new FakeLogs();
  const calls = GROUPS.map((logGroupName) => logs.filter({ logGroupName }));
  await expect(Promise.all(calls)).rejects.toThrow("Rate exceeded");
});

test("all pages of a dozen log groups are read again and again without being throttled", async () => {
  const fake = new FakeLogs();
  const logs = new PacedLogs(fake.filter, fake.wait);
  for (let time = 0; time < 3; time++)
    expect(await logs.read(GROUPS)).toEqual(GROUPS.flatMap((group) => [`${group} first`, `${group} second`]));
});
