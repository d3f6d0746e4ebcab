import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import { SessionTooLargeError } from "../../../shared/session/session-errors.ts";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import type { SessionRecord, StoredValue } from "../../../shared/stores/session-record.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { KEY } from "../../shared/cookie/secure-cookie-fixture.ts";
import { FaultProxy } from "../../support/fault-proxy.ts";
import { client, createTable, ENDPOINT, ENGINE, makeClient } from "./engine.ts";

const NOW = 4_000_000_000;
/** DynamoDB's limit for one item: 400 KB. */
const MOST_BYTES = 409_600;

let tableName: string;
let store: DynamoDBStore;
let visitor: Visitor;
let id: string;
let made = 0;

beforeAll(async () => {
  tableName = await createTable();
  store = new DynamoDBStore({ tableName, client });
});

beforeEach(() => {
  visitor = new Visitor(new ServerSideSessionInterface({ store, keys: [KEY] }));
  id = `${++made}`.padStart(22, "i");
});

/** Creates a session in the store and returns it. */
async function begin(values: Readonly<Record<string, StoredValue>>) {
  const record: SessionRecord = {
    tokenHash: "t".repeat(43),
    renewedAt: NOW,
    epoch: 0,
    values: new Map(Object.entries(values)),
    createdAt: NOW,
    lastSeenAt: NOW,
    expiresAt: NOW + 3600,
  };
  await store.begin(id, record);
  return find();
}

async function find() {
  const { session } = await store.read(id);
  if (typeof session !== "object") throw new Error(`the store returned no session but ${session}`);
  return session;
}

/** Returns "done" or the error that saving caused. */
function outcome(saving: Promise<unknown>): Promise<unknown> {
  return saving.then(
    () => "done",
    (error: unknown) => error,
  );
}

/** dynalite allows some of this, so it cannot prove these tests. */
describe(`${ENGINE} is as strict as the service`, () => {
  const Key = { pk: { S: "strict" } };
  const update = (input: object) =>
    client.send(new UpdateItemCommand({ TableName: tableName, Key, ...input }));
  const put = (item: object) =>
    client.send(new PutItemCommand({ TableName: tableName, Item: { ...Key, ...item } }));

  test("a failed condition returns the item", async () => {
    await put({ n: { N: "1" } });
    const ConditionExpression = "attribute_not_exists(pk)";
    const ReturnValuesOnConditionCheckFailure = "ALL_OLD";
    await expect(
      update({ UpdateExpression: "REMOVE n", ConditionExpression, ReturnValuesOnConditionCheckFailure }),
    ).rejects.toMatchObject({ Item: { ...Key, n: { N: "1" } } });
  });

  test.each(["data", "ttl", "token", "user"])("the word %s is reserved by DynamoDB", async (word) => {
    await expect(update({ UpdateExpression: `REMOVE ${word}` })).rejects.toThrow("reserved keyword");
  });

  test("long expressions, large items and large numbers are rejected", async () => {
    const UpdateExpression = `REMOVE ${"a".repeat(4100)}`;
    await expect(update({ UpdateExpression })).rejects.toThrow("Expression size has exceeded");
    await expect(put({ a: { S: "x".repeat(MOST_BYTES) } })).rejects.toThrow("Item size has exceeded");
    await expect(put({ a: { N: "1e126" } })).rejects.toThrow("Number overflow");
    await expect(put({ pk: { S: "" } })).rejects.toThrow("empty string");
  });
});

describe("a condition that failed", () => {
  test("the store reads the current item from a failed condition without a further call", async () => {
    const proxy = new FaultProxy(ENDPOINT);
    await proxy.start();
    const known = await begin({ a: 1 });
    const throughProxy = new DynamoDBStore({ tableName, client: makeClient({ endpoint: proxy.endpoint }) });
    const change = { now: NOW, condition: { epoch: 1 }, set: new Map([["a", 2]]) };
    expect(await throughProxy.change(id, change, known)).toEqual({ done: false, found: known });
    expect(proxy.calls.map(({ operation }) => operation)).toEqual(["UpdateItem"]);
    await proxy.stop();
  });
});

describe("a session of many keys", () => {
  const keys = (count: number, prefix = "key") =>
    Array.from({ length: count }, (_, number) => `${prefix} ${number}`);

  test.each([90, 110, 250, 500, 2000])("a session with %d keys is changed completely", async (count) => {
    await visitor.visit((session) => session.set("first", 0));
    await visitor.visit((session) => {
      for (const key of keys(count)) session.set(key, key);
    });
    const { result } = await visitor.visit((session) => session.toJSON());
    expect(result).toEqual({ first: 0, ...Object.fromEntries(keys(count).map((key) => [key, key])) });
    await visitor.visit((session) => {
      for (const key of keys(count)) session.delete(key);
    });
    expect((await visitor.visit((session) => session.toJSON())).result).toEqual({ first: 0 });
  });

  test("parallel requests that change few or many keys of a session all keep their changes", async () => {
    await visitor.visit((session) => session.set("n", 0));
    const many = ["a", "b"].map((prefix) =>
      visitor.visit((session) => {
        for (const key of keys(300, prefix)) session.set(key, prefix);
      }),
    );
    const few = Array.from({ length: 10 }, () => visitor.visit((session) => session.increment("n")));
    await Promise.all([...many, ...few]);
    const { result } = await visitor.visit((session) => session.toJSON());
    expect([result.n, Object.keys(result).length]).toEqual([10, 601]);
  });
});

describe("a session of some 400 KB", () => {
  const text = (bytes: number) => "x".repeat(bytes);

  test("a session near 400 KB is stored or refused, with no other outcome", async () => {
    const outcomes = new Set<string>();
    for (let bytes = MOST_BYTES - 1000; bytes <= MOST_BYTES; bytes += 50) {
      id = `edge-${bytes}`.padStart(22, "i");
      const error = await outcome(begin({ large: text(bytes) }));
      outcomes.add(error instanceof Error ? error.name : `${error}`);
    }
    expect([...outcomes]).toEqual(["done", "SessionTooLargeError"]);
  });

  test("a session that would grow beyond 400 KB is refused and keeps its data", async () => {
    let known = await begin({ large: text(200_000), small: 1 });
    const outcomes = new Set<string>();
    for (let bytes = 208_000; bytes <= 210_000; bytes += 50) {
      const set = new Map([["more", text(bytes)]]);
      const error = await outcome(store.change(id, { now: NOW, condition: { epoch: 0 }, set }, known));
      outcomes.add(error instanceof Error ? error.name : `${error}`);
      if (error === "done") known = await find();
    }
    expect([...outcomes]).toEqual(["done", "SessionTooLargeError"]);
    expect((await find()).values).toEqual(known.values);
  });

  test("of parallel requests that together exceed 400 KB, one succeeds and the others are refused", async () => {
    const known = await begin({ small: 1 });
    const grow = (key: string) =>
      store.change(id, { now: NOW, condition: { epoch: 0 }, set: new Map([[key, text(250_000)]]) }, known);
    const outcomes = await Promise.all(["a", "b", "c"].map((key) => outcome(grow(key))));
    expect(outcomes.filter((one) => one === "done")).toHaveLength(1);
    const refused = outcomes.filter((one) => one !== "done");
    for (const error of refused) expect(error).toBeInstanceOf(SessionTooLargeError);
    expect((await find()).values.size).toBe(2);
  });

  test("a key that is longer than a key may be is stored or refused, and the session keeps its data", async () => {
    const known = await begin({ small: 1 });
    const set = new Map([[text(70_000), 1]]);
    const result = await outcome(store.change(id, { now: NOW, condition: { epoch: 0 }, set }, known));
    if (result !== "done") expect(result).toBeInstanceOf(SessionTooLargeError);
    expect((await find()).values.size).toBe(result === "done" ? 2 : 1);
  });
});

describe("a user of many sessions", () => {
  test("a user with 200 sessions is stored with the longest user agents and addresses", async () => {
    const userKey = "many".padEnd(43, "u");
    const session = {
      createdAt: NOW,
      lastSeenAt: NOW,
      expiresAt: NOW + 3600,
      userAgent: "\u{1f36a}".repeat(128),
      address: "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
    };
    for (let generation = 0; generation < 200; generation += 1) {
      const id = `${generation}`.padStart(22, "s");
      expect(await store.addUserSession(userKey, { generation, id, session, remove: [] })).toBe(true);
    }
    const user = await store.readUser(userKey);
    expect([user?.sessions.size, [...(user?.sessions.values() ?? [])].at(-1)]).toEqual([200, session]);
    expect((await store.removeUserSessions(userKey, "0".padStart(22, "s"))).length).toBe(199);
  });
});

describe("numbers", () => {
  test.each([
    [Number.MAX_SAFE_INTEGER, 1],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [Number.MIN_SAFE_INTEGER, -1],
    [Number.MAX_VALUE, 1],
    [Number.MIN_VALUE, 1],
    [1e-6, Number.MAX_SAFE_INTEGER],
    [0.1, 0.2],
    [1e126, 1],
    [-0, 0],
  ])("numbers are read as they were stored, and are added: %d and %d", async (start, by) => {
    await visitor.visit((session) => session.set("n", start));
    expect((await visitor.visit((session) => session.get("n"))).result).toBe(start);
    const { result } = await visitor.visit((session) => session.increment("n", by));
    expect(Math.abs(result - (start + by))).toBeLessThanOrEqual(Number.EPSILON * Math.abs(start + by));
    expect((await visitor.visit((session) => session.get("n"))).result).toBe(result);
  });
});
