import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { OptionError } from "../../../options/option-error.ts";
import type { FoundItem, Item } from "../dynamodb-attribute.ts";
import { publishCall } from "../dynamodb-calls.ts";
import type { WriteExpression } from "../dynamodb-expression.ts";
import { isConditionFailure, toStoreError } from "../dynamodb-failure.ts";
import type { Table, WriteResult } from "../dynamodb-table.ts";

/** Maximum duration of a call with all tries and pauses, in milliseconds. */
const CALL_TIMEOUT = 5000;

/** Maximum number of batches for one read. */
const MAX_BATCHES = 5;

/** Maximum pause before the second batch, in milliseconds. It doubles for each further batch. */
const BATCH_WAIT = 50;

/** Returns a table that the AWS SDK calls. Throws OptionError if it has no name. */
export function openTable(tableName: string, client: DynamoDBClient): Table {
  if (typeof tableName !== "string" || tableName === "")
    throw new OptionError("tableName", "must be the name of a DynamoDB table");
  return new SdkTable(client, tableName);
}

class SdkTable implements Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(pk: string): Promise<FoundItem | undefined> {
    const input = { TableName: this.#name, Key: { pk: { S: pk } }, ConsistentRead: true };
    publishCall("GetItem");
    return (await this.#read((limit) => this.#client.send(new GetItemCommand(input), limit))).Item;
  }

  async getBoth(
    pks: readonly [string, string],
  ): Promise<[session: FoundItem | undefined, user: FoundItem | undefined]> {
    const items = await this.#read((limit) => this.#getAll(pks, limit));
    const find = (pk: string) => items.find((item) => item.pk?.S === pk);
    return [find(pks[0]), find(pks[1])];
  }

  put(pk: string, item: Item, condition: WriteExpression): Promise<WriteResult> {
    const command = new PutItemCommand({
      TableName: this.#name,
      Item: { ...item, pk: { S: pk } },
      ...condition.build(),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    publishCall("PutItem");
    return this.#write(pk, (limit) => this.#client.send(command, limit));
  }

  update(pk: string, write: WriteExpression, returned?: "new" | "old"): Promise<WriteResult> {
    const command = new UpdateItemCommand({
      TableName: this.#name,
      Key: { pk: { S: pk } },
      ...write.build(),
      ...(returned && { ReturnValues: returned === "new" ? "UPDATED_NEW" : "ALL_OLD" }),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    publishCall("UpdateItem");
    return this.#write(pk, (limit) => this.#client.send(command, limit));
  }

  /** Reads several items. Keys that DynamoDB left unprocessed because of throttling are requested again. */
  async #getAll(pks: readonly string[], limit: Limit): Promise<FoundItem[]> {
    const items: FoundItem[] = [];
    let keys: Record<string, AttributeValue>[] = pks.map((pk) => ({ pk: { S: pk } }));
    for (let tries = 1; ; tries++) {
      const input = { RequestItems: { [this.#name]: { Keys: keys, ConsistentRead: true } } };
      publishCall("BatchGetItem");
      const output = await this.#client.send(new BatchGetItemCommand(input), limit);
      items.push(...Object.values(output.Responses ?? {}).flat());
      keys = Object.values(output.UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? []);
      if (keys.length === 0) return items;
      if (tries === MAX_BATCHES) throw new Error(`DynamoDB left keys unprocessed in ${tries} batches`);
      await sleep(Math.random() * BATCH_WAIT * 2 ** (tries - 1), undefined, { signal: limit.abortSignal });
    }
  }

  /**
   * Sends a write. A failed condition is a result, not an error. If DynamoDB does not return the item, it is
   * read.
   */
  async #write(
    pk: string,
    send: (limit: Limit) => Promise<{ readonly Attributes?: FoundItem | undefined }>,
  ): Promise<WriteResult> {
    try {
      return { done: true, returned: (await send(createLimit())).Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item !== undefined)
        return { done: false, there: error.Item };
      if (!isConditionFailure(error)) throw toStoreError(error, this.#name);
    }
    return { done: false, there: await this.get(pk) };
  }

  async #read<Output>(send: (limit: Limit) => Promise<Output>): Promise<Output> {
    try {
      return await send(createLimit());
    } catch (error) {
      throw toStoreError(error, this.#name);
    }
  }
}

/** Signal that aborts a call that takes too long. */
interface Limit {
  readonly abortSignal: AbortSignal;
}

function createLimit(): Limit {
  return { abortSignal: AbortSignal.timeout(CALL_TIMEOUT) };
}
