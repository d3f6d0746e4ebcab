import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { describeSessionStore } from "../../../shared/contracts.ts";
import { OptionError } from "../../../shared/options/option-error.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import { SessionTooLargeError, SessionUnavailableError } from "../../../shared/session/session-errors.ts";
import { DYNAMODB_CALLS } from "../../../shared/stores/dynamodb/dynamodb-calls.ts";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import type { FoundSession, RecordChange } from "../../../shared/stores/session-record.ts";
import { LogCollector } from "../../../shared/testing/log-collector.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import type { Call } from "../../support/fault.ts";
import {
  changeOf,
  DynamoDBFixture,
  manyValues,
  NOW,
  type RawItem,
  recordOf,
  SESSION,
} from "./dynamodb-fixture.ts";

let fixture: DynamoDBFixture;
let store: DynamoDBStore;
let id: string;
let userKey: string;
let count = 0;

beforeAll(async () => {
  fixture = await DynamoDBFixture.start();
  store = fixture.store;
});

afterAll(() => fixture.stop());

beforeEach(() => {
  id = `id${++count}`;
  userKey = `user${count}`;
});

afterEach(() => fixture.proxy.reset());

describeSessionStore("DynamoDBStore", () => fixture.direct);

describe("DynamoDBStore needs", () => {
  test.each([undefined, "", 1])("a table's name, not %j", (tableName) => {
    const making = () => new DynamoDBStore({ tableName: tableName as string });
    expect(making).toThrow(OptionError);
    expect(making).toThrow("tableName: must be the name of a table");
  });
});

/** What was called since the last `reset`. */
function calls(): string[] {
  return fixture.proxy.calls.map(({ operation }) => operation);
}

function lastInput(): Call["input"] {
  return fixture.proxy.calls.at(-1)?.input;
}

function change(what: Partial<RecordChange>, known: FoundSession) {
  return store.change(id, changeOf(what), known);
}

describe("DynamoDBStore asks DynamoDB", () => {
  test("for one item when it reads a session", async () => {
    await store.read(id);
    expect(fixture.proxy.calls).toMatchObject([{ operation: "GetItem" }]);
    const Key = { pk: { S: `session#${id}` } };
    expect(lastInput()).toEqual({ TableName: fixture.tableName, Key, ConsistentRead: true });
  });

  test("for both items in one go when it reads a session and its user", async () => {
    await store.read(id, userKey);
    expect(calls()).toEqual(["BatchGetItem"]);
    const Keys = [{ pk: { S: `session#${id}` } }, { pk: { S: `user#${userKey}` } }];
    expect(lastInput()).toEqual({ RequestItems: { [fixture.tableName]: { Keys, ConsistentRead: true } } });
  });

  test.each<[what: string, write: (known: FoundSession) => Promise<unknown>, expected: string[]]>([
    ["a session begins", () => store.begin(`${id}new`, recordOf({ a: 1 })), ["PutItem"]],
    ["it changes", (known) => change({ set: new Map([["a", "b"]]) }, known), ["UpdateItem"]],
    [
      "it changes in its last second",
      (known) => change({ now: known.expiresAt, set: new Map([["a", "b"]]) }, known),
      ["UpdateItem"],
    ],
    ["it is added to", (known) => change({ add: { key: "n", by: 1 } }, known), ["UpdateItem"]],
    ["80 keys change", (known) => change({ remove: manyKeys(80) }, known), ["UpdateItem"]],
    ["more keys change", (known) => change({ remove: manyKeys(81) }, known), ["GetItem", "UpdateItem"]],
    ["it ends", () => store.end(id, { reason: "revoked", now: NOW }), ["PutItem"]],
    [
      "it ends if it holds certain keys alone",
      () => store.end(id, { reason: "destroyed", now: NOW, only: { keys: new Set(["a"]), epoch: 0 } }),
      ["GetItem", "PutItem"],
    ],
    [
      "a user's first session is added",
      () => store.addUserSession(`${userKey}new`, { generation: 0, id, session: SESSION, remove: [] }),
      ["PutItem"],
    ],
    [
      "a further one is added",
      () => store.addUserSession(userKey, { generation: 1, id: "b", session: SESSION, remove: [] }),
      ["UpdateItem"],
    ],
    ["one was seen", () => store.touchUserSession(userKey, id, SESSION), ["UpdateItem"]],
    ["one is removed", () => store.removeUserSession(userKey, id), ["GetItem", "UpdateItem"]],
    ["all are removed", () => store.removeUserSessions(userKey), ["GetItem", "UpdateItem"]],
    ["one is removed that is not there", () => store.removeUserSession(userKey, "absent"), ["GetItem"]],
  ])("as seldom as it can when %s", async (_what, write, expected) => {
    const known = await fixture.begin(id, { a: "a" });
    await fixture.addUserSession(userKey, id);
    await write(known);
    expect(calls()).toEqual(expected);
    for (const { input } of fixture.proxy.calls)
      expect(input.ConsistentRead ?? input.ReturnValuesOnConditionCheckFailure).toEqual(
        input.ConsistentRead ?? "ALL_OLD",
      );
  });

  test("to write nothing that did not change", async () => {
    const known = await fixture.begin(id, { a: "unchanged", b: "b" });
    await change({ set: new Map([["b", "new"]]) }, known);
    const { ExpressionAttributeNames, ExpressionAttributeValues, ReturnValues } = lastInput();
    expect(Object.values(ExpressionAttributeNames)).not.toContain("a");
    expect(JSON.stringify(ExpressionAttributeValues)).not.toContain("unchanged");
    expect(ReturnValues).toBeUndefined();
  });

  test("by placeholders alone", async () => {
    const key = "x = :v0 REMOVE #n1, y";
    const known = await fixture.begin(id, { [key]: "a", b: "b" });
    const condition = { epoch: 0, values: new Map([[key, "a"]]) };
    await change({ condition, set: new Map([[key, "SET b = c"]]) }, known);
    const { UpdateExpression, ConditionExpression } = lastInput();
    const words = new Set(`${UpdateExpression} ${ConditionExpression}`.match(/[#:]?\w+/g));
    const plain = [...words].filter((word) => !/^[#:]/.test(word));
    expect(plain.sort()).toEqual(["AND", "SET", "attribute_not_exists"]);
  });

  test("in expressions that are as short as DynamoDB demands", async () => {
    const remove = manyKeys(39);
    const values = new Map([...manyKeys(41)].map((key) => [`${key}absent`, undefined]));
    const known = {
      ...(await fixture.begin(id)),
      operations: Array.from({ length: 60 }, (_, n) => `0.${n}`),
    };
    const condition = { epoch: 0, tokenHash: known.tokenHash, values };
    const record = { ...recordOf(), previous: { tokenHash: "p", until: NOW, opens: true }, userKey };
    await change({ condition, remove, add: { key: "n", by: 1 }, record }, known);
    const { UpdateExpression, ConditionExpression } = lastInput();
    expect(calls()).toEqual(["UpdateItem"]);
    expect(UpdateExpression.length).toBeLessThan(4096);
    expect(ConditionExpression.length).toBeLessThan(4096);
    const operators = `${UpdateExpression} ${ConditionExpression}`.match(/[=<>+(,]| AND | OR /g) ?? [];
    expect(operators.length).toBeLessThan(300);
  });

  test("twice when a user's item lasts longer than the session that was seen", async () => {
    await fixture.addUserSession(userKey, "longer", { ...SESSION, expiresAt: NOW + 9999 });
    await fixture.addUserSession(userKey, id);
    expect(await store.touchUserSession(userKey, id, { lastSeenAt: NOW + 1, expiresAt: NOW + 3601 })).toBe(
      true,
    );
    // The embedded DynamoDB does not give the item with the condition that failed.
    expect(calls()).toEqual(["UpdateItem", "GetItem", "UpdateItem"]);
    expect(await fixture.item(`user#${userKey}`)).toMatchObject({ ttl: { N: `${NOW + 9999 + 86_400}` } });
  });
});

function manyKeys(length: number): Set<string> {
  return new Set(Array.from({ length }, (_, number) => `key${number}`));
}

const OPERATION = expect.stringMatching(/^x2qxvk\.[\w-]{11}$/);

describe("DynamoDBStore tells its calls", () => {
  const told: unknown[] = [];
  const listen = (call: unknown): void => void told.push(call);
  beforeEach(() => {
    told.length = 0;
    subscribe(DYNAMODB_CALLS, listen);
  });
  afterEach(() => unsubscribe(DYNAMODB_CALLS, listen));

  test("one by one, as DynamoDB gets them", async () => {
    fixture.proxy.reset();
    await store.begin(id, recordOf());
    await store.read(id);
    await store.read(id, userKey);
    await store.end(id, { reason: "destroyed", now: NOW });
    expect(told).toEqual(calls().map((operation) => ({ operation })));
    expect(told.length).toBeGreaterThanOrEqual(4);
  });

  test("to those who listen alone", async () => {
    unsubscribe(DYNAMODB_CALLS, listen);
    await store.read(id);
    expect(told).toEqual([]);
  });
});

describe("DynamoDBStore keeps", () => {
  test("a session as documented", async () => {
    await store.begin(id, recordOf({ visits: 3, name: '"Ada"' }));
    expect(await fixture.item(`session#${id}`)).toEqual({
      pk: { S: `session#${id}` },
      token: { S: "token" },
      renewed: { N: "2000000000" },
      epoch: { N: "0" },
      data: { M: { visits: { N: "3" }, name: { S: '"Ada"' } } },
      created: { N: "2000000000" },
      seen: { N: "2000000000" },
      expires: { N: "2000003600" },
      operations: { M: {} },
      revision: { S: OPERATION },
      ttl: { N: "2000003660" },
    });
  });

  test("what a session may have besides, and the last writes", async () => {
    const previous = { tokenHash: "before", until: NOW + 10, opens: true };
    await store.begin(id, { ...recordOf({ n: 1 }), previous, userKey });
    await change({ add: { key: "n", by: 1 }, record: { expiresAt: NOW + 7200 } }, await fixture.found(id));
    await change({ set: new Map([["a", "a"]]) }, await fixture.found(id));
    const item = await fixture.item(`session#${id}`);
    expect(item).toMatchObject({
      previous: { M: { token: { S: "before" }, until: { N: "2000000010" }, opens: { BOOL: true } } },
      user: { S: userKey },
      expires: { N: "2000007200" },
      ttl: { N: "2000007260" },
    });
    const operations = Object.entries(item?.operations?.M ?? {});
    expect(operations.sort(([, one]) => (one.N ? -1 : 1))).toEqual([
      [OPERATION, { N: "2" }],
      [OPERATION, { BOOL: true }],
    ]);
    expect(item?.revision).toEqual({ S: operations[1]?.[0] });
  });

  test("of a session that has ended nothing but this, for a day", async () => {
    await fixture.begin(id, { secret: "s" });
    await store.end(id, { reason: "evicted", now: NOW });
    expect(await fixture.item(`session#${id}`)).toEqual({
      pk: { S: `session#${id}` },
      ended: { S: "evicted" },
      revision: { S: OPERATION },
      ttl: { N: "2000086400" },
    });
  });

  test("a user as documented", async () => {
    const session = { ...SESSION, userAgent: "agent", address: "192.0.2.1" };
    await store.addUserSession(userKey, { generation: 0, id: "a", session, remove: [] });
    await store.addUserSession(userKey, { generation: 1, id: "b", session: SESSION, remove: [] });
    await store.addUserSession(userKey, { generation: 2, id: "c", session: SESSION, remove: [] });
    await store.removeUserSession(userKey, "c");
    const times = { began: { N: "2000000000" }, seen: { N: "2000000000" }, expires: { N: "2000003600" } };
    expect(await fixture.item(`user#${userKey}`)).toEqual({
      pk: { S: `user#${userKey}` },
      generation: { N: "4" },
      sessions: {
        M: { a: { M: { ...times, agent: { S: "agent" }, address: { S: "192.0.2.1" } } }, b: { M: times } },
      },
      removal: { S: expect.stringMatching(/^[\w-]{11}$/) },
      ttl: { N: "2000090000" },
    });
  });

  test.each<[key: string, name: string]>([
    ["a.b", "a.b"],
    ["", "~"],
    ["~", "~~"],
    ["~a", "~~a"],
    ["__proto__", "~__proto__"],
    ["constructor", "~constructor"],
    ["\ud834", "~\\ud834"],
    ["𝄞", "𝄞"],
    ['~"\\', '~~\\"\\\\'],
  ])("the key %j under the name %j", async (key, name) => {
    const record = { ...recordOf(), values: new Map([[key, 1]]) };
    await store.begin(id, record);
    const item = await fixture.item(`session#${id}`);
    expect(Object.keys(item?.data?.M ?? {})).toEqual([name]);
  });

  test("neither keys nor tokens nor a user's id in plain text", async () => {
    const options = { store, keys: ["a secret key of at least 32 bytes"], log: new LogCollector().log };
    const sessions = new ServerSideSessionInterface(options);
    const visitor = new Visitor(sessions);
    const tokens: string[] = [];
    for (const use of [1, 2, 3]) {
      await visitor.visit((session) =>
        session.set("use", use).signIn({ id: "ada@example.org", name: "Ada" }),
      );
      tokens.push(visitor.token?.split(".")[0] ?? "");
    }
    const { Items } = await fixture.dynamodb.client().send(new ScanCommand({ TableName: fixture.tableName }));
    const stored = JSON.stringify(Items?.map(({ data: _data, ...item }) => item));
    const secrets = tokens.flatMap((token) => [token.slice(0, 22), token.slice(22, 44)]);
    expect(new Set(secrets).size).toBe(4);
    for (const secret of [...secrets, "ada@example.org"]) {
      expect(secret.length).toBeGreaterThan(14);
      expect(stored).not.toContain(secret);
    }
  });

  test("the writes of the last 75 seconds in mind, and forgets some of the older ones with each write", async () => {
    let known = await fixture.begin(id);
    for (const seconds of [0, 5, 75, 76, 140, 300]) {
      await change({ now: NOW + seconds }, known);
      known = await fixture.found(id);
      const ages = known.operations?.map((operation) => NOW + seconds - Number.parseInt(operation, 36));
      expect(ages?.sort((one, other) => one - other)).toEqual(
        { 0: [0], 5: [0, 5], 75: [0, 70, 75], 76: [0, 1, 71], 140: [0, 64, 65], 300: [0] }[seconds],
      );
    }
  });

  test("two hundred writes at most, the newest", async () => {
    const { pk, ...item } = (await begunItem()) as RawItem & { pk: RawItem[string] };
    const ids = Array.from({ length: 230 }, (_, n) => `${(NOW - (n % 60)).toString(36)}.${n}`);
    const operations = Object.fromEntries(ids.map((operation) => [operation, { BOOL: true }]));
    await fixture.putItem({ pk, ...item, operations: { M: operations } });
    await change({ now: NOW }, await fixture.found(id));
    const left = (await fixture.found(id)).operations ?? [];
    const oldest = Math.max(...left.map((operation) => NOW - Number.parseInt(operation, 36)));
    expect([left.length, oldest]).toEqual([201, 49]);
  });

  test("no write in mind that another machine dates far ahead", async () => {
    const known = await fixture.begin(id);
    await change({ now: NOW + 1000 }, known);
    await change({ now: NOW + 250 }, known);
    await change({}, await fixture.found(id));
    expect((await fixture.found(id)).operations).toHaveLength(2);
  });

  test("at most fifty writes from being remembered at a time", async () => {
    const { pk, ...item } = (await begunItem()) as RawItem & { pk: RawItem[string] };
    const operations = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`0.${n}`, { BOOL: true }]));
    await fixture.putItem({ pk, ...item, operations: { M: operations } });
    await change({}, await fixture.found(id));
    expect((await fixture.found(id)).operations).toHaveLength(21);
    await change({}, await fixture.found(id));
    expect((await fixture.found(id)).operations).toHaveLength(2);
  });
});

async function begunItem(): Promise<RawItem> {
  await fixture.begin(id, { a: "a", n: 1 });
  return (await fixture.item(`session#${id}`)) as RawItem;
}

/** Attributes that an item must have, and others that it had better not have. */
const MALFORMED: readonly [what: string, attributes: Record<string, RawItem[string] | undefined>][] = [
  ...["token", "renewed", "epoch", "data", "created", "seen", "expires", "operations", "revision"].flatMap(
    (name): [string, Record<string, RawItem[string] | undefined>][] => [
      [`no ${name}`, { [name]: undefined }],
      [`a ${name} of another type`, { [name]: { BOOL: true } }],
      [`a ${name} that is a list`, { [name]: { L: [] } }],
    ],
  ),
  ["a value that is neither text nor number", { data: { M: { a: { BOOL: true } } } }],
  ["a list among its values", { data: { M: { a: { L: [{ S: "a" }] } } } }],
  ["a name that no key has", { data: { M: { '~"': { S: "a" } } } }],
  ["a user that is a number", { user: { N: "1" } }],
  ["a token before that is a text", { previous: { S: "token" } }],
  ["a token before without an end", { previous: { M: { token: { S: "t" }, opens: { BOOL: true } } } }],
  ["a token before without its hash", { previous: { M: { until: { N: "1" }, opens: { BOOL: true } } } }],
  ["a token before that opens perhaps", { previous: { M: { token: { S: "t" }, until: { N: "1" } } } }],
  ["an end of a kind that is unknown", { ended: { S: "archived" } }],
  ["an end without a kind", { ended: { BOOL: true } }],
];

describe("DynamoDBStore calls a session unreadable whose item has", () => {
  test.each(MALFORMED)("%s", async (_what, attributes) => {
    const changed = Object.entries({ ...(await begunItem()), ...attributes });
    const known = await fixture.found(id);
    const item = Object.fromEntries(
      changed.filter((entry): entry is [string, RawItem[string]] => entry[1] !== undefined),
    );
    await fixture.putItem(item);
    expect(await store.read(id)).toEqual({ session: "unreadable" });
    expect((await store.read(id, userKey)).session).toBe("unreadable");
    expect(await change({ set: manyValues("b") }, known)).toEqual({ done: false, found: "unreadable" });
    expect(
      await store.end(id, { reason: "destroyed", now: NOW, only: { keys: new Set(["a", "n"]), epoch: 0 } }),
    ).toBe(false);
    expect(await fixture.item(`session#${id}`)).toEqual(item);
    const ended = item.ended === undefined;
    expect(await store.end(id, { reason: "revoked", now: NOW })).toBe(ended);
    expect(await store.read(id)).toEqual({ session: ended ? "revoked" : "unreadable" });
  });

  test("an end of a kind that is unknown, when it changes", async () => {
    const item = { ...(await begunItem()), ended: { S: "archived" } };
    const known = await fixture.found(id);
    await fixture.putItem(item);
    expect(await change({ set: new Map([["a", "b"]]) }, known)).toEqual({ done: false, found: "unreadable" });
    expect(await fixture.item(`session#${id}`)).toEqual(item);
  });

  test.each(["operations", "data", "epoch", "expires"])("no %s, when it changes", async (name) => {
    const { [name]: _gone, ...item } = await begunItem();
    const known = await fixture.found(id);
    await fixture.putItem(item);
    expect(await change({ set: new Map([["a", "b"]]) }, known)).toEqual({ done: false, found: "unreadable" });
    expect(await change({ add: { key: "m", by: 1 } }, known)).toEqual({ done: false, found: "unreadable" });
    expect(await fixture.item(`session#${id}`)).toEqual(item);
  });
});

describe("DynamoDBStore knows no user whose item has", () => {
  test.each<[what: string, attributes: RawItem]>([
    ["nothing", {}],
    ["no generation", { sessions: { M: {} } }],
    ["no sessions", { generation: { N: "3" } }],
    ["a generation that is a text", { generation: { S: "3" }, sessions: { M: {} } }],
    ["sessions that are a list", { generation: { N: "3" }, sessions: { L: [] } }],
  ])("%s, until another session is added", async (_what, attributes) => {
    const item = { pk: { S: `user#${userKey}` }, ...attributes };
    await fixture.putItem(item);
    expect(await store.readUser(userKey)).toBeUndefined();
    expect((await store.read(id, userKey)).user).toBeUndefined();
    expect(await store.removeUserSession(userKey, id)).toBe(false);
    expect(await store.removeUserSessions(userKey)).toEqual([]);
    expect(await store.touchUserSession(userKey, id, SESSION)).toBe(false);
    const added = { generation: 3, id, session: SESSION, remove: [] };
    expect(await store.addUserSession(userKey, added)).toBe(false);
    expect(await fixture.item(`user#${userKey}`)).toEqual(item);
    expect(await store.addUserSession(userKey, { ...added, generation: 0 })).toBe(true);
    expect(await store.readUser(userKey)).toEqual({ generation: 1, sessions: new Map([[id, SESSION]]) });
  });

  test.each<[what: string, member: RawItem[string]]>([
    ["is a text", { S: "session" }],
    ["has no times", { M: {} }],
    ["has a time that is a text", { M: { began: { N: "1" }, seen: { S: "1" }, expires: { N: "1" } } }],
  ])("a session that %s, but knows the others", async (_what, member) => {
    await fixture.addUserSession(userKey, "a");
    const item = (await fixture.item(`user#${userKey}`)) as RawItem;
    const sessions = { M: { ...item.sessions?.M, malformed: member } };
    await fixture.putItem({ ...item, sessions });
    expect((await store.readUser(userKey))?.sessions).toEqual(new Map([["a", SESSION]]));
    expect(await store.touchUserSession(userKey, "malformed", SESSION)).toBe(false);
    expect(await store.removeUserSessions(userKey)).toEqual(["a"]);
    expect(await fixture.item(`user#${userKey}`)).toMatchObject({ sessions: { M: {} } });
  });
});

describe("DynamoDBStore, when DynamoDB fails,", () => {
  beforeEach(() => {
    // Waits before further tries are random: there are none.
    vi.spyOn(Math, "random").mockReturnValue(0);
  });

  test.each([
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
  ])("tries again after a %s", async (error) => {
    const known = await fixture.begin(id, { n: 1 });
    fixture.proxy.inject("UpdateItem", { error }, 2);
    expect(await change({ add: { key: "n", by: 1 } }, known)).toEqual({ done: true, sum: 2 });
    expect(calls()).toEqual(["UpdateItem", "UpdateItem", "UpdateItem"]);
  });

  test.each<[operation: string, call: () => Promise<unknown>]>([
    ["GetItem", () => store.read(id)],
    ["BatchGetItem", () => store.read(id, userKey)],
    ["PutItem", () => store.begin(id, recordOf())],
    ["UpdateItem", async () => change({}, await fixture.begin(`${id}.`))],
  ])("gives up %s after three tries", async (operation, call) => {
    fixture.proxy.inject(operation, { error: "ThrottlingException" }, 3);
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionUnavailableError);
    expect(error).toMatchObject({
      message: "DynamoDB failed: ThrottlingException",
      cause: { name: "ThrottlingException" },
    });
    expect(fixture.proxy.count(operation)).toBe(3);
  });

  test("gives up when every connection breaks", async () => {
    fixture.proxy.inject("GetItem", "reset", 3);
    await expect(store.read(id)).rejects.toThrow(SessionUnavailableError);
    expect(calls()).toEqual(["GetItem", "GetItem", "GetItem"]);
  });

  test("does not wait for ever, by itself", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", fixture.proxy.endpoint);
    vi.stubEnv("AWS_REGION", "eu-central-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const own = new DynamoDBStore({ tableName: fixture.tableName });
    fixture.proxy.inject("GetItem", "hold", 3);
    await expect(own.read(id)).rejects.toThrow(
      new SessionUnavailableError("DynamoDB did not answer in time"),
    );
    expect(calls()).toEqual(["GetItem", "GetItem", "GetItem"]);
    await fixture.proxy.release();
    expect(await own.read(id)).toEqual({});
  });

  test.each<[what: string, call: (other: DynamoDBStore) => Promise<unknown>]>([
    ["reads", (other) => other.read(id)],
    ["reads both", (other) => other.read(id, userKey)],
    ["begins", (other) => other.begin(id, recordOf())],
    ["removes", (other) => other.removeUserSessions(userKey)],
  ])("says that the table is missing when it %s", async (_what, call) => {
    const error = await call(fixture.storeFor("no-such-table")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionUnavailableError);
    expect(error).toMatchObject({
      message: "there is no DynamoDB table no-such-table",
      cause: { name: "ResourceNotFoundException" },
    });
    expect(calls()).toHaveLength(1);
  });

  test("says that it is not allowed to, and does not try again", async () => {
    fixture.proxy.inject("GetItem", { error: "AccessDeniedException" });
    const message = `the function may not use the DynamoDB table ${fixture.tableName}`;
    await expect(store.read(id)).rejects.toThrow(new SessionUnavailableError(message));
    expect(calls()).toEqual(["GetItem"]);
  });

  test.each<[what: string, unprocessed: number[], calls: number]>([
    ["the session", [0], 2],
    ["the user", [1], 2],
    ["both", [0, 1], 2],
  ])("asks again for %s when it was left over", async (_what, unprocessed, expected) => {
    await fixture.begin(id, { a: 1 });
    await fixture.addUserSession(userKey, id);
    fixture.proxy.inject("BatchGetItem", { unprocessed });
    const { session, user } = await store.read(id, userKey);
    expect(session).toEqual(await fixture.found(id));
    expect([...(user?.sessions.keys() ?? [])]).toEqual([id]);
    expect(calls()).toHaveLength(expected);
    expect(lastInput().RequestItems[fixture.tableName]).toMatchObject({
      Keys: unprocessed.map(() => expect.anything()),
      ConsistentRead: true,
    });
  });

  test("gives up what is left over again and again", async () => {
    fixture.proxy.inject("BatchGetItem", { unprocessed: [0] }, Number.POSITIVE_INFINITY);
    await expect(store.read(id, userKey)).rejects.toThrow(SessionUnavailableError);
    expect(calls()).toHaveLength(5);
  });
});

describe("DynamoDBStore refuses what is too large", () => {
  const LIMIT = 409_600;

  test.each([
    ["it begins", () => store.begin(id, recordOf({ small: 1, large: "x".repeat(LIMIT) }))],
    [
      "it changes",
      async () => {
        const known = await fixture.begin(id, { small: 1 });
        fixture.proxy.reset();
        return change({ set: new Map([["large", "x".repeat(LIMIT)]]) }, known);
      },
    ],
    [
      "characters beyond ASCII take more",
      () => store.begin(id, recordOf({ small: 1, large: "é".repeat(LIMIT / 2) })),
    ],
  ])("before it sends it, when %s", async (_when, write) => {
    const error = (await write().catch((reason: unknown) => reason)) as SessionTooLargeError;
    expect(error).toBeInstanceOf(SessionTooLargeError);
    expect(error.limit).toBe(LIMIT);
    expect(error.bytes).toBeGreaterThan(LIMIT);
    expect(error.bytes).toBeLessThan(LIMIT + 1000);
    expect(error.largest).toEqual([
      { key: "large", bytes: expect.closeTo(LIMIT + 6, -1) },
      { key: "small", bytes: expect.any(Number) },
    ]);
    expect(calls()).toEqual([]);
  });

  test("and what DynamoDB finds too large, because others wrote meanwhile", async () => {
    const known = await fixture.begin(id, { a: 1 });
    await fixture.direct.change(id, changeOf({ set: new Map([["b", "b".repeat(300_000)]]) }), known);
    const before = await fixture.found(id);
    for (const set of [new Map([["c", "c".repeat(200_000)]]), new Map([...manyValues("c".repeat(1000))])]) {
      const error = await change({ set }, known).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SessionTooLargeError);
      expect((error as SessionTooLargeError).bytes).toBeGreaterThan(LIMIT);
    }
    expect(await fixture.found(id)).toEqual(before);
  });

  test("but not a change that makes it smaller", async () => {
    const known = await fixture.begin(id, { a: "a".repeat(250_000), b: "b".repeat(100_000) });
    const set = new Map([["a", "c".repeat(200_000)]]);
    expect(await change({ set }, known)).toEqual({ done: true });
  });
});
