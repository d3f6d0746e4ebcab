import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "./embedded-dynamodb.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { timeOutWhenHeld } from "./time-out-when-held.ts";

let dynamodb: EmbeddedDynamoDB;
let direct: DynamoDBClient;
let TableName: string;
let proxy: FaultProxy;
/** Client without retries, so that a test sees the result of a single call. */
let client: DynamoDBClient;
let key = 0;

beforeAll(async () => {
  dynamodb = await startEmbeddedDynamoDB();
  direct = dynamodb.client();
  TableName = await dynamodb.createTable();
});

afterAll(() => dynamodb.close());

beforeEach(async () => {
  proxy = new FaultProxy(dynamodb.endpoint);
  await proxy.start();
  client = clientThat({ maxAttempts: 1 });
  key += 1;
});

afterEach(() => proxy.stop());

function clientThat(options: { maxAttempts: number }): DynamoDBClient {
  return dynamodb.client({ endpoint: proxy.endpoint, ...options });
}

const keyOf = (name: string | number) => ({ pk: { S: `${name}` } });

/** Adds one to the count, and returns the sum. */
async function add(by = client): Promise<number> {
  const UpdateExpression = "ADD n :one";
  const ExpressionAttributeValues = { ":one": { N: "1" } };
  const { Attributes } = await by.send(
    new UpdateItemCommand({
      TableName,
      Key: keyOf(key),
      UpdateExpression,
      ExpressionAttributeValues,
      ReturnValues: "UPDATED_NEW",
    }),
  );
  return Number(Attributes?.n?.N);
}

/** Returns the count, read without the proxy. */
async function count(): Promise<number> {
  const { Item } = await direct.send(new GetItemCommand({ TableName, Key: keyOf(key) }));
  return Number(Item?.n?.N ?? 0);
}

describe("the fault proxy", () => {
  test("the proxy forwards calls without a fault", async () => {
    expect([await add(), await add(), await count()]).toEqual([1, 2, 2]);
    expect([proxy.count("UpdateItem"), proxy.count("GetItem"), proxy.count()]).toEqual([2, 0, 2]);
    expect(proxy.calls[0]).toMatchObject({ operation: "UpdateItem", input: { TableName, Key: keyOf(key) } });
  });

  test("the fault reset closes the connection before the call is delivered", async () => {
    proxy.inject("UpdateItem", "reset");
    await expect(add()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect([await count(), proxy.delivered("UpdateItem")]).toEqual([0, 0]);
  });

  test("the fault lose answer closes the connection after the call is delivered", async () => {
    proxy.inject("UpdateItem", "lose answer");
    await expect(add()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect([await count(), proxy.delivered("UpdateItem")]).toEqual([1, 1]);
  });

  test.each(["twice", "twice at once"] as const)("the fault %s delivers a call two times", async (fault) => {
    proxy.inject("UpdateItem", fault);
    await add();
    expect([await count(), proxy.count("UpdateItem"), proxy.delivered("UpdateItem")]).toEqual([2, 1, 2]);
  });

  test.each(["twice", "twice at once"] as const)(
    "the fault %s returns the worse of the two responses",
    async (fault) => {
      proxy.inject("PutItem", fault);
      const ConditionExpression = "attribute_not_exists(pk)";
      const begin = new PutItemCommand({ TableName, Item: keyOf(key), ConditionExpression });
      await expect(client.send(begin)).rejects.toThrow("The conditional request failed");
    },
  );

  test("the fault keep delivers the call again at replay", async () => {
    proxy.inject("UpdateItem", "keep");
    expect([await add(), await add()]).toEqual([1, 2]);
    expect(await proxy.replay()).toMatchObject([{ status: 200, body: expect.stringContaining('"3"') }]);
    expect([await count(), await proxy.replay()]).toEqual([3, []]);
  });

  test("the fault hold delays a call until release", async () => {
    proxy.inject("UpdateItem", "hold");
    const isHeld = proxy.whenHeld();
    const held = add();
    await isHeld;
    expect([await add(), await count()]).toEqual([1, 1]);
    await proxy.release();
    expect([await held, proxy.held]).toEqual([2, 0]);
  });

  test("the fault hold answer delays a response until release", async () => {
    proxy.inject("UpdateItem", "hold answer");
    const isHeld = proxy.whenHeld();
    const held = add();
    await isHeld;
    expect([await count(), await add()]).toEqual([1, 2]);
    await proxy.release();
    expect(await held).toBe(1);
  });

  test("a held call is delivered after its client has timed out and retried", async () => {
    proxy.inject("UpdateItem", "hold");
    expect(await add(timeOutWhenHeld(clientThat({ maxAttempts: 2 }), proxy))).toBe(1);
    await proxy.release();
    expect([await count(), proxy.count("UpdateItem")]).toEqual([2, 2]);
  });

  test.each([
    ["ProvisionedThroughputExceededException", 400],
    ["ThrottlingException", 400],
    ["RequestLimitExceeded", 400],
    ["ResourceNotFoundException", 400],
    ["InternalServerError", 500],
    ["ServiceUnavailable", 503],
  ])("the proxy rejects a call with the error %s", async (error, status) => {
    proxy.inject("UpdateItem", { error, message: "No." });
    await expect(add()).rejects.toMatchObject({
      name: error,
      message: "No.",
      $metadata: { httpStatusCode: status },
    });
    expect(await count()).toBe(0);
  });

  test("a rejection with delivered=true rejects a call that was delivered", async () => {
    proxy.inject("UpdateItem", { error: "InternalServerError", delivered: true });
    await expect(add()).rejects.toThrow();
    expect(await count()).toBe(1);
  });

  test.each([[[1]], [[0, 1]]])(
    "the fault unprocessed leaves the keys %j of a batch unprocessed",
    async (unprocessed) => {
      const Keys = [keyOf(`a${key}`), keyOf(`b${key}`)];
      for (const Item of Keys) await client.send(new PutItemCommand({ TableName, Item }));
      proxy.inject("BatchGetItem", { unprocessed });
      const RequestItems = { [TableName]: { Keys, ConsistentRead: true } };
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }));
      expect(Responses?.[TableName]).toEqual(Keys.filter((_, index) => !unprocessed.includes(index)));
      expect(UnprocessedKeys?.[TableName]).toEqual({
        Keys: Keys.filter((_, index) => unprocessed.includes(index)),
        ConsistentRead: true,
      });
    },
  );

  test("injected faults apply in order, each for its number of calls", async () => {
    proxy.inject("UpdateItem", { error: "ThrottlingException" }, 2);
    proxy.inject("UpdateItem", "pass");
    proxy.inject("UpdateItem", "reset", Number.POSITIVE_INFINITY);
    proxy.inject("GetItem", "reset");
    const outcomes = [];
    for (let call = 0; call < 5; call += 1)
      outcomes.push(await add().catch(({ name, code }) => code ?? name));
    expect(outcomes).toEqual(["ThrottlingException", "ThrottlingException", 1, "ECONNRESET", "ECONNRESET"]);
    proxy.reset();
    expect([await add(), proxy.count()]).toEqual([2, 1]);
  });

  test("the function of steer decides about calls without an injected fault", async () => {
    const throttled = `${key}`;
    proxy.steer(({ input }) => (input.Key.pk.S === throttled ? { error: "ThrottlingException" } : "pass"));
    await expect(add()).rejects.toThrow();
    key += 1;
    expect(await add()).toBe(1);
  });
});
