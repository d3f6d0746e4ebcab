import { beforeEach, describe } from "vitest";
import { testConcurrency } from "./conditional-store/concurrency-tests.ts";
import { ConditionalContract, type MakeConditionalStore } from "./conditional-store/conditional-contract.ts";
import { testExpiry } from "./conditional-store/expiry-tests.ts";
import { testRemovals } from "./conditional-store/removal-tests.ts";
import { testValues } from "./conditional-store/value-tests.ts";
import { testWrites } from "./conditional-store/write-tests.ts";

const TOPICS = {
  "writes on conditions": testWrites,
  "removes on conditions": testRemovals,
  "forgets what has expired": testExpiry,
  "keeps any string": testValues,
  "decides between parallel writes": testConcurrency,
};

/**
 * Defines the vitest tests that every `ConditionalStore` must pass. Call it in a test file of your own:
 *
 * ```ts
 * const url = process.env.REDIS_URL;
 * describeConditionalStore("RedisItems", ({ clock }) => new RedisItems({ url, clock }));
 * ```
 */
export function describeConditionalStore(name: string, makeStore: MakeConditionalStore): void {
  describe(name, () => {
    const contract = new ConditionalContract(makeStore);
    beforeEach(() => contract.start());
    for (const [topic, testTopic] of Object.entries(TOPICS)) describe(topic, () => testTopic(contract));
  });
}
