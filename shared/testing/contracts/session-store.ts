import { beforeEach, describe } from "vitest";
import { testAdditions } from "./session-store/addition-tests.ts";
import { testChanges } from "./session-store/change-tests.ts";
import { testConditions } from "./session-store/condition-tests.ts";
import { testConditionalEndings } from "./session-store/conditional-ending-tests.ts";
import { testEndings } from "./session-store/ending-tests.ts";
import { testReads } from "./session-store/read-tests.ts";
import { testRecords } from "./session-store/record-tests.ts";
import { testSizes } from "./session-store/size-tests.ts";
import { type MakeStore, StoreContract } from "./session-store/store-contract.ts";
import { testUserRemovals } from "./session-store/user-removal-tests.ts";
import { testUserSessions } from "./session-store/user-tests.ts";
import { testUserTouches } from "./session-store/user-touch-tests.ts";
import { testProviderRemovals } from "./session-store/users/provider-removal-tests.ts";

const TOPICS = {
  "keeps records": testRecords,
  "reads sessions and users": testReads,
  "changes records": testChanges,
  "adds to numbers": testAdditions,
  "checks the conditions of changes": testConditions,
  "ends sessions": testEndings,
  "ends sessions on conditions": testConditionalEndings,
  "lists the sessions of users": testUserSessions,
  "updates the times of users' sessions": testUserTouches,
  "removes the sessions of users": testUserRemovals,
  "removes the sessions of an identity provider": testProviderRemovals,
  "keeps or refuses large sessions": testSizes,
};

/**
 * Defines the vitest tests that every `SessionStore` must pass. Call it in a test file of your own:
 *
 * ```ts
 * describeSessionStore("RedisStore", () => new RedisStore({ url: process.env.REDIS_URL }));
 * ```
 */
export function describeSessionStore(name: string, makeStore: MakeStore): void {
  describe(name, () => {
    const contract = new StoreContract(makeStore);
    beforeEach(() => contract.start());
    for (const [topic, testTopic] of Object.entries(TOPICS)) describe(topic, () => testTopic(contract));
  });
}
