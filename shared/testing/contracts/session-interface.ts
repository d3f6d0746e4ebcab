import { beforeEach, describe } from "vitest";
import { testAuthentications } from "./session-interface/authentication-tests.ts";
import { testCookies } from "./session-interface/cookie-tests.ts";
import { testData } from "./session-interface/data-tests.ts";
import { InterfaceContract, type MakeInterface } from "./session-interface/interface-contract.ts";
import { testLifetimes } from "./session-interface/lifetime-tests.ts";
import { testLog } from "./session-interface/log-tests.ts";
import { testOwnLifetimes } from "./session-interface/own-lifetime-tests.ts";
import { testPermanence } from "./session-interface/permanence-tests.ts";
import { testReach } from "./session-interface/reach-tests.ts";
import { testRemembering } from "./session-interface/remember-tests.ts";
import { testSeveralCookies } from "./session-interface/several-cookies-tests.ts";
import { testSilence } from "./session-interface/silence-tests.ts";
import { testState } from "./session-interface/state-tests.ts";
import { testUsers } from "./session-interface/user-tests.ts";

const TOPICS = {
  "keeps data": testData,
  "tracks the use of a session": testState,
  "sends a cookie only with news": testSilence,
  "logs session_began": testLog,
  "signs users in and out": testUsers,
  "keeps how a user authenticated": testAuthentications,
  "keeps permanent sessions": testPermanence,
  "expires sessions": testLifetimes,
  "gives a session a lifetime of its own": testOwnLifetimes,
  "remembers sessions": testRemembering,
  "refuses invalid cookies": testCookies,
  "tries several cookies": testSeveralCookies,
  "replaces no session that the browser did not send": testReach,
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
