import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import type { Fault } from "../../support/fault.ts";
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
  // The SDK waits a random time before it tries again: none.
  vi.spyOn(Math, "random").mockReturnValue(0);
  sessions.log.records.length = 0;
});

afterEach(() => sessions.proxy.reset());

const scenarios = Object.entries(WRITES);

describe.each(scenarios)("%s", (_name, scenario) => {
  let baseline: Baseline;

  beforeAll(async () => {
    baseline = await baselineOf(sessions, scenario);
  });

  test("does not show that a call was throttled", async () => {
    await expectNoTrace(scenario, baseline, { error: "ThrottlingException" });
  });

  test("is answered with 503 while calls are throttled, and nothing more is saved", async () => {
    const { before, after: done, operations } = baseline;
    const states = [before.result, done.result, ...(scenario.between ?? [])];
    for (const from of operations.keys()) {
      const { seen, after } = await failing(scenario, { error: "ThrottlingException" }, from);
      expect(seen, `call ${from}`).toEqual(UNAVAILABLE);
      expect(from === 0 ? [before.result] : states, `call ${from}`).toContainEqual(after.result);
    }
    expect(sessions.log.records).toContainEqual(
      expect.objectContaining({ level: "ERROR", event: "session_unavailable" }),
    );
  });

  test("is answered with 503 while answers are lost, and what was done was done once", async () => {
    const { before, after: done } = baseline;
    // A token that was replaced, or a cookie that was never given, opens nothing.
    const states = [before.result, done.result, ...(scenario.between ?? []), { isNew: true }];
    for (const from of writesIn(baseline)) {
      const { seen, after } = await failing(scenario, "lose answer", from);
      expect(seen, `call ${from}`).toEqual(UNAVAILABLE);
      expect(states, `call ${from}`).toContainEqual(after.result);
    }
  });
});

/** Lets a call fail, and all that follow in the same request. */
function failing(scenario: WriteScenario, fault: Fault, from: number): Promise<Outcome> {
  return runScenario(sessions, scenario, { fault, from, times: ALWAYS });
}

/** Lets each call of a scenario fail once. */
async function expectNoTrace(scenario: WriteScenario, baseline: Baseline, fault: Fault): Promise<void> {
  const { before: _, operations, ...expected } = baseline;
  for (const from of operations.keys())
    expect(await runScenario(sessions, scenario, { fault, from }), `call ${from}`).toEqual(expected);
}

describe.each<[string, Fault]>([
  ["too little capacity", { error: "ProvisionedThroughputExceededException" }],
  ["a limit of the account", { error: "RequestLimitExceeded" }],
  ["an error of the server", { error: "InternalServerError" }],
  ["a server that is away", { error: "ServiceUnavailable" }],
  ["a connection that is reset", "reset"],
])("%s", (_what, fault) => {
  const some = scenarios.filter(([name]) => ["an increment", "a sign-out"].includes(name));

  test.each(some)("does not show when it passes, and is answered with 503: %s", async (_name, scenario) => {
    const baseline = await baselineOf(sessions, scenario);
    await expectNoTrace(scenario, baseline, fault);
    for (const from of baseline.operations.keys())
      expect((await failing(scenario, fault, from)).seen, `call ${from}`).toEqual(UNAVAILABLE);
  });
});

describe("a table that is missing, or may not be used,", () => {
  test.each(["ResourceNotFoundException", "AccessDeniedException"])("is no sign-out: %s", async (error) => {
    const visitor = await prepare(sessions, { before: [(session) => session.signIn(ADA)], act: look });
    sessions.proxy.steer(() => ({ error }));
    expect(await visitor.request(look)).toEqual(UNAVAILABLE);
    expect(await visitor.request((session) => session.signOut())).toEqual(UNAVAILABLE);
    expect(sessions.proxy.count()).toBe(2);
    sessions.proxy.reset();
    expect((await visitor.request(look)).result).toEqual({ user: "ada" });
  });

  test("is named in the log", async () => {
    const store = new DynamoDBStore({ tableName: "no-such-table", client: sessions.client() });
    const visitor = sessions.visitor({ store });
    expect(await visitor.request((session) => session.set("n", 1))).toEqual(UNAVAILABLE);
    expect(sessions.log.text).toContain("no-such-table");
  });

  test("is no matter to a visitor without a session", async () => {
    const store = new DynamoDBStore({ tableName: "no-such-table", client: sessions.client() });
    expect(await sessions.visitor({ store }).request(look)).toMatchObject({ status: 200 });
  });
});

describe("a table that does not answer", () => {
  /** Gives up soon. */
  function hurriedVisitor(): FaultyVisitor {
    const client = sessions.client({ requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true } });
    return sessions.visitor({ store: new DynamoDBStore({ tableName: sessions.tableName, client }) });
  }

  test("for once does not show, and what it does later changes nothing", async () => {
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

  test("at all is answered with 503", async () => {
    const visitor = hurriedVisitor();
    await visitor.request((session) => session.set("n", 0));
    sessions.proxy.steer(() => "hold");
    expect(await visitor.request((session) => session.increment("n"))).toEqual(UNAVAILABLE);
    sessions.proxy.reset();
    await sessions.proxy.release();
    expect(await visitor.request(look)).toMatchObject({ status: 200, result: { n: 0 } });
  });
});

describe("the client that a store makes for itself", () => {
  test("tries more than once, and not for ever", async () => {
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

  test.each([[[0]], [[1]], [[0, 1]]])("are asked for again: %j", async (unprocessed) => {
    const visitor = await signedIn();
    sessions.proxy.inject("BatchGetItem", { unprocessed });
    expect(await visitor.request(look)).toMatchObject({ status: 200, result: { user: "ada" } });
    expect(sessions.proxy.count()).toBe(2);
  });

  test.each([[[0]], [[1]], [[0, 1]]])(
    "for ever are a failing table, and no sign-out: %j",
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
