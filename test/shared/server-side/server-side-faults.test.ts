import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import type { Fault } from "../../support/fault.ts";
import { timeOutWhenHeld } from "../../support/time-out-when-held.ts";
import { FaultySessions, type FaultyVisitor, look } from "./faulty-sessions.ts";
import { type Baseline, baselineOf, type Outcome, prepare, runScenario, writesIn } from "./run-scenario.ts";
import { ADA, WRITES, type WriteScenario } from "./write-scenarios.ts";

const ALWAYS = Number.POSITIVE_INFINITY;
const UNAVAILABLE = { status: 503, retryAfter: "1", cookie: "none" };

let sessions: FaultySessions;

beforeAll(async () => {
  sessions = await FaultySessions.start();
});

afterAll(() => sessions.stop());

beforeEach(() => {
  // Removes the random wait of the SDK before a retry.
  vi.spyOn(Math, "random").mockReturnValue(0);
  sessions.log.records.length = 0;
});

afterEach(() => sessions.proxy.reset());

const scenarios = Object.entries(WRITES);

describe.each(scenarios)("%s", (name, scenario) => {
  let baseline: Baseline;

  beforeAll(async () => {
    baseline = await baselineOf(sessions, scenario);
  });

  test(`${name} succeeds when a store call is throttled once`, async () => {
    await expectSameResult(scenario, baseline, { error: "ThrottlingException" });
  });

  test(`${name} is answered with 503 when store calls stay throttled, and saves only earlier writes`, async () => {
    const { before, after: complete, operations } = baseline;
    const states = [before.result, complete.result, ...(scenario.between ?? [])];
    for (const from of operations.keys()) {
      const { seen, after } = await failing(scenario, { error: "ThrottlingException" }, from);
      expect(seen, `call ${from}`).toEqual(UNAVAILABLE);
      expect(from === 0 ? [before.result] : states, `call ${from}`).toContainEqual(after.result);
    }
    expect(sessions.log.records).toContainEqual(
      expect.objectContaining({ level: "ERROR", event: "session_unavailable" }),
    );
  });

  test(`${name} is answered with 503 when responses of the store stay lost, and is written at most once`, async () => {
    const { before, after: complete } = baseline;
    // A visitor whose token was replaced, or who never got a cookie, has a new session.
    const states = [before.result, complete.result, ...(scenario.between ?? []), { isNew: true }];
    for (const from of writesIn(baseline)) {
      const { seen, after } = await failing(scenario, "lose answer", from);
      expect(seen, `call ${from}`).toEqual(UNAVAILABLE);
      expect(states, `call ${from}`).toContainEqual(after.result);
    }
  });
});

/** Makes a call fail, and all later calls of the same request. */
function failing(scenario: WriteScenario, fault: Fault, from: number): Promise<Outcome> {
  return runScenario(sessions, scenario, { fault, from, times: ALWAYS });
}

/** Makes each call of a scenario fail once, and expects the same result as without a fault. */
async function expectSameResult(scenario: WriteScenario, baseline: Baseline, fault: Fault): Promise<void> {
  const { before: _, operations, ...expected } = baseline;
  for (const from of operations.keys())
    expect(await runScenario(sessions, scenario, { fault, from }), `call ${from}`).toEqual(expected);
}

describe.each<[string, Fault]>([
  ["too little capacity", { error: "ProvisionedThroughputExceededException" }],
  ["a limit of the account", { error: "RequestLimitExceeded" }],
  ["an error of the server", { error: "InternalServerError" }],
  ["a server that is unavailable", { error: "ServiceUnavailable" }],
  ["a connection that is reset", "reset"],
])("%s", (what, fault) => {
  const some = scenarios.filter(([name]) => ["an increment", "a sign-out"].includes(name));

  test.each(some)(
    `${what} is retried once, and answered with 503 if it persists: %s`,
    async (_name, scenario) => {
      const baseline = await baselineOf(sessions, scenario);
      await expectSameResult(scenario, baseline, fault);
      for (const from of baseline.operations.keys())
        expect((await failing(scenario, fault, from)).seen, `call ${from}`).toEqual(UNAVAILABLE);
    },
  );
});

describe("a table that is missing or denied", () => {
  test.each(["ResourceNotFoundException", "AccessDeniedException"])(
    "requests are answered with 503 when the table fails with %s, and the user stays signed in",
    async (error) => {
      const visitor = await prepare(sessions, { before: [(session) => session.signIn(ADA)], act: look });
      sessions.proxy.steer(() => ({ error }));
      expect(await visitor.request(look)).toEqual(UNAVAILABLE);
      expect(await visitor.request((session) => session.signOut())).toEqual(UNAVAILABLE);
      expect(sessions.proxy.count()).toBe(2);
      sessions.proxy.reset();
      expect((await visitor.request(look)).result).toEqual({ user: "ada" });
    },
  );

  test("the log names a table that does not exist", async () => {
    const store = new DynamoDBStore({ tableName: "no-such-table", client: sessions.client() });
    const visitor = sessions.visitor({ store });
    expect(await visitor.request((session) => session.set("n", 1))).toEqual(UNAVAILABLE);
    expect(sessions.log.text).toContain("no-such-table");
  });

  test("a visitor without a session is answered with 200 when the table does not exist", async () => {
    const store = new DynamoDBStore({ tableName: "no-such-table", client: sessions.client() });
    expect(await sessions.visitor({ store }).request(look)).toMatchObject({ status: 200 });
  });
});

describe("a table that does not answer", () => {
  /** Returns a visitor whose store has a time limit. */
  function hurriedVisitor(): FaultyVisitor {
    const client = timeOutWhenHeld(sessions.client(), sessions.proxy);
    return sessions.visitor({ store: new DynamoDBStore({ tableName: sessions.tableName, client }) });
  }

  test("a request succeeds when the store does not respond once, and its late writes change nothing", async () => {
    const visitor = hurriedVisitor();
    for (const fault of ["hold", "hold answer"] as const) {
      sessions.proxy.inject("PutItem", fault);
      sessions.proxy.inject("UpdateItem", fault);
      sessions.proxy.inject("GetItem", fault);
    }
    await visitor.request((session) => session.set("n", 0));
    for (const sum of [1, 2, 3])
      expect(await visitor.request((session) => session.increment("n"))).toMatchObject({ result: sum });
    await sessions.proxy.release();
    expect(await visitor.request(look)).toMatchObject({ result: { n: 3 } });
  });

  test("a request is answered with 503 when the store does not respond", async () => {
    const visitor = hurriedVisitor();
    await visitor.request((session) => session.set("n", 0));
    sessions.proxy.steer(() => "hold");
    expect(await visitor.request((session) => session.increment("n"))).toEqual(UNAVAILABLE);
    sessions.proxy.reset();
    await sessions.proxy.release();
    expect(await visitor.request(look)).toMatchObject({ status: 200, result: { n: 0 } });
  });
});

describe("the client that a store creates by default", () => {
  test("the default client retries a throttled call, and stops after three tries", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", sessions.proxy.endpoint);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const visitor = sessions.visitor({ store: new DynamoDBStore({ tableName: sessions.tableName }) });
    sessions.proxy.inject("PutItem", { error: "ThrottlingException" });
    expect(await visitor.request((session) => session.set("n", 1))).toMatchObject({ status: 200 });
    sessions.proxy.inject("GetItem", { error: "ThrottlingException" }, ALWAYS);
    expect(await visitor.request(look)).toEqual(UNAVAILABLE);
    expect([sessions.proxy.count("PutItem"), sessions.proxy.count("GetItem")]).toEqual([2, 3]);
  });
});

describe("keys that a batch leaves unprocessed", () => {
  async function signedIn(): Promise<FaultyVisitor> {
    return prepare(sessions, { before: [(session) => session.signIn(ADA)], act: look });
  }

  test.each([[[0]], [[1]], [[0, 1]]])(
    "keys that a batch read leaves unprocessed are requested again: %j",
    async (unprocessed) => {
      const visitor = await signedIn();
      sessions.proxy.inject("BatchGetItem", { unprocessed });
      expect(await visitor.request(look)).toMatchObject({ status: 200, result: { user: "ada" } });
      expect(sessions.proxy.count()).toBe(2);
    },
  );

  test.each([[[0]], [[1]], [[0, 1]]])(
    "keys that stay unprocessed are answered with 503, and the user stays signed in: %j",
    async (unprocessed) => {
      const visitor = await signedIn();
      sessions.proxy.steer(({ input }) => {
        const { Keys } = input.RequestItems[sessions.tableName];
        return { unprocessed: Keys.length === 2 ? unprocessed : [0] };
      });
      expect(await visitor.request(look)).toEqual(UNAVAILABLE);
      sessions.proxy.reset();
      expect(await visitor.request(look)).toMatchObject({ status: 200, result: { user: "ada" } });
    },
  );
});
