import {
  assertExpected,
  assertWrite,
  type ConditionalStore,
  type ConditionalWrite,
} from "../../conditional-store.ts";
import { createMark } from "../dynamodb-operation.ts";
import type { DynamoDBStoreOptions } from "../dynamodb-store.ts";
import type { Table } from "../dynamodb-table.ts";
import { createDynamoDBClient } from "../sdk/create-dynamodb-client.ts";
import { openTable } from "../sdk/open-table.ts";
import { buildRemoval, buildWrite, hasArrived, parseValueItem, toValuePk } from "./dynamodb-value-item.ts";

/** Options of `DynamoDBConditionalStore`: a table, which may be the one of the sessions. */
export interface DynamoDBConditionalStoreOptions extends DynamoDBStoreOptions {
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

/**
 * Stores values in a DynamoDB table, each in an item of its own. A read is one GetItem, a write or a removal
 * is one UpdateItem. Nothing is deleted: expired and removed items have a `ttl`, after which DynamoDB deletes
 * them. `dynamodb-value-item.ts` defines the attributes.
 *
 * @throws OptionError if the table has no name
 */
export class DynamoDBConditionalStore implements ConditionalStore {
  readonly #table: Table;
  readonly #now: () => number;

  constructor({
    tableName,
    client = createDynamoDBClient(),
    clock = () => Date.now(),
  }: DynamoDBConditionalStoreOptions) {
    this.#table = openTable(tableName, client);
    this.#now = () => Math.floor(clock() / 1000);
  }

  async read(key: string): Promise<string | undefined> {
    return parseValueItem(await this.#table.get(toValuePk(key)), this.#now());
  }

  async write(key: string, value: string, write: ConditionalWrite): Promise<boolean> {
    assertWrite(key, value, write);
    const mark = createMark();
    const expression = buildWrite({ ...write, mark, value, now: this.#now() });
    const result = await this.#table.update(toValuePk(key), expression);
    return result.done || hasArrived(result.there, mark);
  }

  async remove(key: string, expected?: string): Promise<boolean> {
    assertExpected(expected);
    const mark = createMark();
    const removal = buildRemoval({ mark, expected, now: this.#now() });
    const result = await this.#table.update(toValuePk(key), removal);
    return result.done || hasArrived(result.there, mark);
  }
}
