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

describe("options", () => {
  test.each([undefined, "", 1])(
    "the constructor of DynamoDBStore rejects %j as the name of a table",
    (tableName) => {
      const making = () => new DynamoDBStore({ tableName: tableName as string });
      expect(making).toThrow(OptionError);
      expect(making).toThrow("tableName: must be the name of a DynamoDB table");
    },
  );
});

/** Returns the operations since the last `reset`. */
function calls(): string[] {
  return fixture.proxy.calls.map(({ operation }) => operation);
}

function lastInput(): Call["input"] {
  return fixture.proxy.calls.at(-1)?.input;
}

function change(what: Partial<RecordChange>, known: FoundSession) {
  return store.change(id, changeOf(what), known);
}

describe("calls", () => {
  test("reading a session requests one item", async () => {
    await store.read(id);
    expect(fixture.proxy.calls).toMatchObject([{ operation: "GetItem" }]);
    const Key = { pk: { S: `session#${id}` } };
    expect(lastInput()).toEqual({ TableName: fixture.tableName, Key, ConsistentRead: true });
  });

  test("reading a session and its user requests both items in one call", async () => {
    await store.read(id, userKey);
    expect(calls()).toEqual(["BatchGetItem"]);
    const Keys = [{ pk: { S: `session#${id}` } }, { pk: { S: `user#${userKey}` } }];
    expect(lastInput()).toEqual({ RequestItems: { [fixture.tableName]: { Keys, ConsistentRead: true } } });
  });

  test.each<[what: string, write: (known: FoundSession) => Promise<unknown>, expected: string[]]>([
    ["beginning a session", () => store.begin(`${id}new`, recordOf({ a: 1 })), ["PutItem"]],
    ["changing a session", (known) => change({ set: new Map([["a", "b"]]) }, known), ["UpdateItem"]],
    [
      "changing a session in its last second",
      (known) => change({ now: known.expiresAt, set: new Map([["a", "b"]]) }, known),
      ["UpdateItem"],
    ],
    ["adding to a number", (known) => change({ add: { key: "n", by: 1 } }, known), ["UpdateItem"]],
    ["changing 80 keys", (known) => change({ remove: manyKeys(80) }, known), ["UpdateItem"]],
    [
      "changing more than 80 keys",
      (known) => change({ remove: manyKeys(81) }, known),
      ["GetItem", "UpdateItem"],
    ],
    ["ending a session", () => store.end(id, { reason: "revoked", now: NOW }), ["PutItem"]],
    [
      "ending a session that contains only certain keys",
      () => store.end(id, { reason: "destroyed", now: NOW, only: { keys: new Set(["a"]), epoch: 0 } }),
      ["GetItem", "PutItem"],
    ],
    [
      "adding a user's first session",
      () => store.addUserSession(`${userKey}new`, { generation: 0, id, session: SESSION, remove: [] }),
      ["PutItem"],
    ],
    [
      "adding a further session of a user",
      () => store.addUserSession(userKey, { generation: 1, id: "b", session: SESSION, remove: [] }),
      ["UpdateItem"],
    ],
    ["touching a user's session", () => store.touchUserSession(userKey, id, SESSION), ["UpdateItem"]],
    ["removing a user's session", () => store.removeUserSession(userKey, id), ["GetItem", "UpdateItem"]],
    ["removing all sessions of a user", () => store.removeUserSessions(userKey), ["GetItem", "UpdateItem"]],
    ["removing an absent session of a user", () => store.removeUserSession(userKey, "absent"), ["GetItem"]],
  ])("%s makes no more calls than necessary", async (_what, write, expected) => {
    const known = await fixture.begin(id, { a: "a" });
    await fixture.addUserSession(userKey, id);
    await write(known);
    expect(calls()).toEqual(expected);
    for (const { input } of fixture.proxy.calls)
      expect(input.ConsistentRead ?? input.ReturnValuesOnConditionCheckFailure).toEqual(
        input.ConsistentRead ?? "ALL_OLD",
      );
  });

  test("a change sends only the keys that changed", async () => {
    const known = await fixture.begin(id, { a: "unchanged", b: "b" });
    await change({ set: new Map([["b", "new"]]) }, known);
    const { ExpressionAttributeNames, ExpressionAttributeValues, ReturnValues } = lastInput();
    expect(Object.values(ExpressionAttributeNames)).not.toContain("a");
    expect(JSON.stringify(ExpressionAttributeValues)).not.toContain("unchanged");
    expect(ReturnValues).toBeUndefined();
  });

  test("expressions contain names and values as placeholders only", async () => {
    const key = "x = :v0 REMOVE #n1, y";
    const known = await fixture.begin(id, { [key]: "a", b: "b" });
    const condition = { epoch: 0, values: new Map([[key, "a"]]) };
    await change({ condition, set: new Map([[key, "SET b = c"]]) }, known);
    const { UpdateExpression, ConditionExpression } = lastInput();
    const words = new Set(`${UpdateExpression} ${ConditionExpression}`.match(/[#:]?\w+/g));
    const plain = [...words].filter((word) => !/^[#:]/.test(word));
    expect(plain.sort()).toEqual(["AND", "SET", "attribute_not_exists"]);
  });

  test("the longest expressions stay within DynamoDB's limits", async () => {
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

  test("a touch is sent again without ttl if the item of the user has a later ttl", async () => {
    await fixture.addUserSession(userKey, "longer", { ...SESSION, expiresAt: NOW + 9999 });
    await fixture.addUserSession(userKey, id);
    expect(await store.touchUserSession(userKey, id, { lastSeenAt: NOW + 1, expiresAt: NOW + 3601 })).toBe(
      true,
    );
    // The embedded DynamoDB does not return the item when a condition fails.
    expect(calls()).toEqual(["UpdateItem", "GetItem", "UpdateItem"]);
    expect(await fixture.item(`user#${userKey}`)).toMatchObject({ ttl: { N: `${NOW + 9999 + 86_400}` } });
  });
});

function manyKeys(length: number): Set<string> {
  return new Set(Array.from({ length }, (_, number) => `key${number}`));
}

const OPERATION = expect.stringMatching(/^x2qxvk\.[\w-]{11}$/);

describe("diagnostics channel", () => {
  const told: unknown[] = [];
  const listen = (call: unknown): void => void told.push(call);
  beforeEach(() => {
    told.length = 0;
    subscribe(DYNAMODB_CALLS, listen);
  });
  afterEach(() => unsubscribe(DYNAMODB_CALLS, listen));

  test("the diagnostics channel receives every call that DynamoDB receives", async () => {
    fixture.proxy.reset();
    await store.begin(id, recordOf());
    await store.read(id);
    await store.read(id, userKey);
    await store.end(id, { reason: "destroyed", now: NOW });
    expect(told).toEqual(calls().map((operation) => ({ operation })));
    expect(told.length).toBeGreaterThanOrEqual(4);
  });

  test("the diagnostics channel sends nothing to former subscribers", async () => {
    unsubscribe(DYNAMODB_CALLS, listen);
    await store.read(id);
    expect(told).toEqual([]);
  });
});

describe("items", () => {
  test("the item of a session has the documented attributes", async () => {
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

  test("the item of a session has its optional attributes and its recent writes", async () => {
    const previous = { tokenHash: "before", until: NOW + 10, opens: true };
    await store.begin(id, { ...recordOf({ n: 1 }), previous, userKey, lifetime: 600 });
    await change({ add: { key: "n", by: 1 }, record: { expiresAt: NOW + 7200 } }, await fixture.found(id));
    await change({ set: new Map([["a", "a"]]) }, await fixture.found(id));
    const item = await fixture.item(`session#${id}`);
    expect(item).toMatchObject({
      previous: { M: { token: { S: "before" }, until: { N: "2000000010" }, opens: { BOOL: true } } },
      user: { S: userKey },
      lifetime: { N: "600" },
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

  test("the item of an ended session contains only the reason and is kept for a day", async () => {
    await fixture.begin(id, { secret: "s" });
    await store.end(id, { reason: "evicted", now: NOW });
    expect(await fixture.item(`session#${id}`)).toEqual({
      pk: { S: `session#${id}` },
      ended: { S: "evicted" },
      revision: { S: OPERATION },
      ttl: { N: "2000086400" },
    });
  });

  test("the item of a user has the documented attributes", async () => {
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
    ["\ud834", "~%d834"],
    ["𝄞", "𝄞"],
    ["100 %", "100 %"],
    ['~%"\\\n\u0085', "~~%0025%0022%005c%000a%0085"],
  ])("the key %j of the data has the attribute name %j", async (key, name) => {
    const record = { ...recordOf(), values: new Map([[key, 1]]) };
    await store.begin(id, record);
    const item = await fixture.item(`session#${id}`);
    expect(Object.keys(item?.data?.M ?? {})).toEqual([name]);
  });

  test("no item contains a key, a token or a user's id in plain text", async () => {
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

  test("an item keeps the ids of the writes of the last 75 seconds, and each write deletes some older ids", async () => {
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

  test("an item keeps the ids of the 200 newest writes at most, besides the current one", async () => {
    const { pk, ...item } = (await begunItem()) as RawItem & { pk: RawItem[string] };
    const ids = Array.from({ length: 230 }, (_, n) => `${(NOW - (n % 60)).toString(36)}.${n}`);
    const operations = Object.fromEntries(ids.map((operation) => [operation, { BOOL: true }]));
    await fixture.putItem({ pk, ...item, operations: { M: operations } });
    await change({ now: NOW }, await fixture.found(id));
    const left = (await fixture.found(id)).operations ?? [];
    const oldest = Math.max(...left.map((operation) => NOW - Number.parseInt(operation, 36)));
    expect([left.length, oldest]).toEqual([201, 49]);
  });

  test("ids of writes that another machine dates far in the future are deleted", async () => {
    const known = await fixture.begin(id);
    await change({ now: NOW + 1000 }, known);
    await change({ now: NOW + 250 }, known);
    await change({}, await fixture.found(id));
    expect((await fixture.found(id)).operations).toHaveLength(2);
  });

  test("a write deletes at most fifty ids of older writes", async () => {
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

/** Attributes that make an item unreadable, because a required one is missing or one is invalid. */
const MALFORMED: readonly [what: string, attributes: Record<string, RawItem[string] | undefined>][] = [
  ...["token", "renewed", "epoch", "data", "created", "seen", "expires", "operations", "revision"].flatMap(
    (name): [string, Record<string, RawItem[string] | undefined>][] => [
      [`no ${name}`, { [name]: undefined }],
      [`a ${name} of another type`, { [name]: { BOOL: true } }],
      [`an array as ${name}`, { [name]: { L: [] } }],
    ],
  ),
  ["a value that is neither a string nor a number", { data: { M: { a: { BOOL: true } } } }],
  ["an array among its values", { data: { M: { a: { L: [{ S: "a" }] } } } }],
  ["an attribute name that no key has", { data: { M: { '~"': { S: "a" } } } }],
  ["a string as lifetime", { lifetime: { S: "600" } }],
  ["a number as user", { user: { N: "1" } }],
  ["a string as previous token", { previous: { S: "token" } }],
  ["a previous token without a time", { previous: { M: { token: { S: "t" }, opens: { BOOL: true } } } }],
  ["a previous token without its hash", { previous: { M: { until: { N: "1" }, opens: { BOOL: true } } } }],
  ["a previous token without opens", { previous: { M: { token: { S: "t" }, until: { N: "1" } } } }],
  ["an unknown reason of its end", { ended: { S: "archived" } }],
  ["an end without a reason", { ended: { BOOL: true } }],
];

describe("unreadable sessions", () => {
  test.each(MALFORMED)("a session is unreadable if its item has %s", async (_what, attributes) => {
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

  test("a change finds a session unreadable if its item has an unknown reason of its end", async () => {
    const item = { ...(await begunItem()), ended: { S: "archived" } };
    const known = await fixture.found(id);
    await fixture.putItem(item);
    expect(await change({ set: new Map([["a", "b"]]) }, known)).toEqual({ done: false, found: "unreadable" });
    expect(await fixture.item(`session#${id}`)).toEqual(item);
  });

  test.each(["operations", "data", "epoch", "expires"])(
    "a change finds a session unreadable if its item has no %s",
    async (name) => {
      const { [name]: _gone, ...item } = await begunItem();
      const known = await fixture.found(id);
      await fixture.putItem(item);
      expect(await change({ set: new Map([["a", "b"]]) }, known)).toEqual({
        done: false,
        found: "unreadable",
      });
      expect(await change({ add: { key: "m", by: 1 } }, known)).toEqual({ done: false, found: "unreadable" });
      expect(await fixture.item(`session#${id}`)).toEqual(item);
    },
  );
});

describe("unreadable users", () => {
  test.each<[what: string, attributes: RawItem]>([
    ["no attributes", {}],
    ["no generation", { sessions: { M: {} } }],
    ["no sessions", { generation: { N: "3" } }],
    ["a string as generation", { generation: { S: "3" }, sessions: { M: {} } }],
    ["an array of sessions", { generation: { N: "3" }, sessions: { L: [] } }],
  ])("a user whose item has %s has no sessions until one is added", async (_what, attributes) => {
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
    ["is a string", { S: "session" }],
    ["has no times", { M: {} }],
    ["has a string as time", { M: { began: { N: "1" }, seen: { S: "1" }, expires: { N: "1" } } }],
  ])("a user's session that %s is ignored, and the others are read", async (_what, member) => {
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

describe("failures of DynamoDB", () => {
  beforeEach(() => {
    // The pauses between tries are random. Here there are none.
    vi.spyOn(Math, "random").mockReturnValue(0);
  });

  test.each([
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
  ])("the store tries again after a %s", async (error) => {
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
  ])("the store gives up %s after three tries", async (operation, call) => {
    fixture.proxy.inject(operation, { error: "ThrottlingException" }, 3);
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionUnavailableError);
    expect(error).toMatchObject({
      message: "DynamoDB failed: ThrottlingException; see the cause",
      cause: { name: "ThrottlingException" },
    });
    expect(fixture.proxy.count(operation)).toBe(3);
  });

  test("the store gives up after three tries if every connection breaks", async () => {
    fixture.proxy.inject("GetItem", "reset", 3);
    await expect(store.read(id)).rejects.toThrow(SessionUnavailableError);
    expect(calls()).toEqual(["GetItem", "GetItem", "GetItem"]);
  });

  test("the default client gives up if DynamoDB does not respond", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", fixture.proxy.endpoint);
    vi.stubEnv("AWS_REGION", "eu-central-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const own = new DynamoDBStore({ tableName: fixture.tableName });
    fixture.proxy.inject("GetItem", "hold", 3);
    await expect(own.read(id)).rejects.toThrow(
      new SessionUnavailableError("DynamoDB did not respond in time; try again"),
    );
    expect(calls()).toEqual(["GetItem", "GetItem", "GetItem"]);
    await fixture.proxy.release();
    expect(await own.read(id)).toEqual({});
  });

  test.each<[what: string, call: (other: DynamoDBStore) => Promise<unknown>]>([
    ["a session is read", (other) => other.read(id)],
    ["a session and its user are read", (other) => other.read(id, userKey)],
    ["a session begins", (other) => other.begin(id, recordOf())],
    ["sessions of a user are removed", (other) => other.removeUserSessions(userKey)],
  ])("the error names the missing table when %s", async (_what, call) => {
    const error = await call(fixture.storeFor("no-such-table")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionUnavailableError);
    expect(error).toMatchObject({
      message: "there is no DynamoDB table no-such-table; check the table's name and region",
      cause: { name: "ResourceNotFoundException" },
    });
    expect(calls()).toHaveLength(1);
  });

  test("the error names the denied table, and the store does not try again", async () => {
    fixture.proxy.inject("GetItem", { error: "AccessDeniedException" });
    const message = `access to the DynamoDB table ${fixture.tableName} was denied; grant it to the function's role`;
    await expect(store.read(id)).rejects.toThrow(new SessionUnavailableError(message));
    expect(calls()).toEqual(["GetItem"]);
  });

  test.each<[what: string, unprocessed: number[], calls: number]>([
    ["the session", [0], 2],
    ["the user", [1], 2],
    ["both", [0, 1], 2],
  ])("keys that a batch left unprocessed are requested again: %s", async (_what, unprocessed, expected) => {
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

  test("the store gives up after five batches that left keys unprocessed", async () => {
    fixture.proxy.inject("BatchGetItem", { unprocessed: [0] }, Number.POSITIVE_INFINITY);
    await expect(store.read(id, userKey)).rejects.toThrow(SessionUnavailableError);
    expect(calls()).toHaveLength(5);
  });
});

describe("size", () => {
  const LIMIT = 409_600;

  test.each([
    ["beginning with 400 KB", () => store.begin(id, recordOf({ small: 1, large: "x".repeat(LIMIT) }))],
    [
      "changing to 400 KB",
      async () => {
        const known = await fixture.begin(id, { small: 1 });
        fixture.proxy.reset();
        return change({ set: new Map([["large", "x".repeat(LIMIT)]]) }, known);
      },
    ],
    [
      "beginning with half as many characters of two bytes",
      () => store.begin(id, recordOf({ small: 1, large: "é".repeat(LIMIT / 2) })),
    ],
  ])("%s is rejected before anything is sent", async (_when, write) => {
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

  test("a change is rejected if other writes have made the item too large for it", async () => {
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

  test("a change that makes a large session smaller is done", async () => {
    const known = await fixture.begin(id, { a: "a".repeat(250_000), b: "b".repeat(100_000) });
    const set = new Map([["a", "c".repeat(200_000)]]);
    expect(await change({ set }, known)).toEqual({ done: true });
  });
});
