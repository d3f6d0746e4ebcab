import { beforeEach, describe } from "vitest";
import { testCookies } from "./session-interface/cookie-tests.ts";
import { testData } from "./session-interface/data-tests.ts";
import { InterfaceContract, type MakeInterface } from "./session-interface/interface-contract.ts";
import { testLifetimes } from "./session-interface/lifetime-tests.ts";
import { testLog } from "./session-interface/log-tests.ts";
import { testPermanence } from "./session-interface/permanence-tests.ts";
import { testState } from "./session-interface/state-tests.ts";
import { testUsers } from "./session-interface/user-tests.ts";

const TOPICS = {
  "keeps data": testData,
  "tracks the use of a session": testState,
  "logs session_began": testLog,
  "signs users in and out": testUsers,
  "keeps permanent sessions": testPermanence,
  "expires sessions": testLifetimes,
  "refuses invalid cookies": testCookies,
};

/**
 * Defines the vitest tests that every `SessionInterface` must pass. Call it in a test file of your own:
 *
 * ```ts
 * describeSessionInterface("RedisSessions", (options) => new RedisSessionInterface({ ...options, redis }));
 * ```
 */
export function describeSessionInterface(name: string, makeInterface: MakeInterface): void {
  describe(name, () => {
    const contract = new InterfaceContract(makeInterface);
    beforeEach(() => contract.start());
    for (const [topic, testTopic] of Object.entries(TOPICS)) describe(topic, () => testTopic(contract));
  });
}
