import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { describeConditionalStore } from "../../../shared/contracts.ts";
import { OptionError } from "../../../shared/options/option-error.ts";
import { SessionUnavailableError } from "../../../shared/session/session-errors.ts";
import { DynamoDBConditionalStore } from "../../../shared/stores/dynamodb/items/dynamodb-conditional-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { DynamoDBFixture } from "./dynamodb-fixture.ts";

const clock = new Clock(2_000_000_000_000);
const EXPIRES_AT = 2_000_000_060;

let fixture: DynamoDBFixture;
/** Store behind the proxy. */
let store: DynamoDBConditionalStore;
/** Store without the proxy. */
let direct: DynamoDBConditionalStore;
let key: string;
let count = 0;

beforeAll(async () => {
  fixture = await DynamoDBFixture.start();
  const { tableName, dynamodb, proxy } = fixture;
  const client = dynamodb.client({ endpoint: proxy.endpoint, maxAttempts: 3 });
  store = new DynamoDBConditionalStore({ tableName, client, clock: clock.now });
  direct = new DynamoDBConditionalStore({ tableName, client: dynamodb.client(), clock: clock.now });
});

afterAll(() => fixture.stop());

beforeEach(() => {
  // The SDK waits for a random time before it tries again. Here it does not wait.
  vi.spyOn(Math, "random").mockReturnValue(0);
  key = `key${++count}`;
});

afterEach(() => fixture.proxy.reset());

describeConditionalStore("DynamoDBConditionalStore", ({ clock }) => {
  const { tableName, dynamodb } = fixture;
  return new DynamoDBConditionalStore({ tableName, client: dynamodb.client(), clock });
});

function write(value: string, expected?: string, by = direct): Promise<boolean> {
  return by.write(key, value, { expected, expiresAt: EXPIRES_AT });
}

describe("calls", () => {
  test.each([undefined, "", 1])("the constructor rejects %j as the name of a table", (tableName) => {
    const making = () => new DynamoDBConditionalStore({ tableName: tableName as string });
    expect(making).toThrow(OptionError);
    expect(making).toThrow("tableName: must be the name of a DynamoDB table");
  });

  test("a read is one consistent GetItem of an item with its own prefix", async () => {
    await store.read(key);
    expect(fixture.proxy.calls).toMatchObject([
      { operation: "GetItem", input: { Key: { pk: { S: `item#${key}` } }, ConsistentRead: true } },
    ]);
  });

  test("a write and a removal are one UpdateItem each", async () => {
    await write("a", undefined, store);
    await write("b", "a", store);
    await store.remove(key);
    expect(fixture.proxy.calls.map(({ operation }) => operation)).toEqual(Array(3).fill("UpdateItem"));
  });

  test("DynamoDB deletes an item a day after its value has expired or was removed", async () => {
    await write("a");
    expect(await fixture.item(`item#${key}`)).toMatchObject({ ttl: { N: `${EXPIRES_AT + 86_400}` } });
    await direct.remove(key);
    expect(await fixture.item(`item#${key}`)).toMatchObject({ ttl: { N: `${2_000_000_000 + 86_400}` } });
  });

  test("a removed item contains its value no longer", async () => {
    await write("a secret value");
    await direct.remove(key);
    expect(JSON.stringify(await fixture.item(`item#${key}`))).not.toContain("secret");
  });

  test("an item that no store has written counts as absent and is replaced", async () => {
    await fixture.putItem({ pk: { S: `item#${key}` }, value: { N: "1" }, expires: { S: "never" } });
    expect(await direct.read(key)).toBeUndefined();
    expect(await direct.remove(key)).toBe(false);
    expect(await write("a")).toBe(true);
    expect(await direct.read(key)).toBe("a");
  });
});

describe("failures", () => {
  test.each([
    ["a read", "GetItem", () => store.read(key)],
    ["a write", "UpdateItem", () => write("a", undefined, store)],
    ["a removal", "UpdateItem", () => store.remove(key)],
  ] as const)(
    "%s throws SessionUnavailableError with its cause if DynamoDB fails",
    async (_what, operation, call) => {
      fixture.proxy.inject(operation, { error: "InternalServerError" }, 3);
      const error = await call().catch((error: unknown) => error);
      expect(error).toBeInstanceOf(SessionUnavailableError);
      expect((error as Error).cause).toMatchObject({ name: "InternalServerError" });
    },
  );

  test("a read of a table that does not exist throws SessionUnavailableError that names the table", async () => {
    const client = fixture.dynamodb.client();
    const absent = new DynamoDBConditionalStore({ tableName: "absent-table", client });
    await expect(absent.read(key)).rejects.toThrow(SessionUnavailableError);
    await expect(absent.read(key)).rejects.toThrow("absent-table");
  });
});

/** Writes that the proxy repeats: preparation, the write, and writes of others that follow it. */
const WRITES = {
  "a first write": {
    before: async () => {},
    write: () => write("a", undefined, store),
    after: () => direct.remove(key),
  },
  "a replacement": {
    before: () => write("a"),
    write: () => write("b", "a", store),
    after: () => write("a", "b"),
  },
  "a replacement before many others": {
    before: () => write("a"),
    write: () => write("b", "a", store),
    after: async () => {
      await write("a", "b");
      for (let round = 0; round < 3; round++) await write("b", "a").then(() => write("a", "b"));
    },
  },
  "a removal": {
    before: () => write("a"),
    write: () => store.remove(key),
    after: () => write("a"),
  },
  "a removal of an expected value": {
    before: () => write("a"),
    write: () => store.remove(key, "a"),
    after: () => write("a"),
  },
};

describe.each(Object.entries(WRITES))("%s", (what, { before, write, after }) => {
  beforeEach(async () => void (await before()));

  test.each(["twice", "twice at once", "lose answer"] as const)(
    `${what} is done once and returns true under the fault "%s"`,
    async (fault) => {
      fixture.proxy.inject("UpdateItem", fault);
      expect(await write()).toBe(true);
      expect(fixture.proxy.delivered("UpdateItem")).toBe(2);
    },
  );

  test(`${what} that arrives again after other writes is not done again`, async () => {
    fixture.proxy.inject("UpdateItem", "keep");
    expect(await write()).toBe(true);
    await after();
    const then = await fixture.item(`item#${key}`);
    expect(await fixture.proxy.replay()).toMatchObject([{ status: 400 }]);
    expect(await fixture.item(`item#${key}`)).toEqual(then);
  });
});
