import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { OptionError } from "../../options/option-error.ts";
import type {
  ChangeResult,
  Found,
  FoundSession,
  RecordChange,
  SessionRecord,
  UserRecord,
  UserSession,
} from "../session-record.ts";
import type { SessionStore, UserSessionChange } from "../session-store.ts";
import type { FoundItem, Item } from "./dynamodb-attribute.ts";
import { tellCall } from "./dynamodb-calls.ts";
import type { WriteExpression } from "./dynamodb-expression.ts";
import { asStoreError, isConditionFailure } from "./dynamodb-failure.ts";
import { sessionKey, sessionOf } from "./dynamodb-session-item.ts";
import { beginSession, changeSession, type Ending, endSession } from "./dynamodb-sessions.ts";
import type { Table, WriteResult } from "./dynamodb-table.ts";
import { userItemKey, userOf } from "./dynamodb-user-item.ts";
import { addUserSession, removeUserSession, removeUserSessions, touchUserSession } from "./dynamodb-users.ts";
import { SdkSha256 } from "./sdk-sha256.ts";

/** Where the store keeps its items. */
export interface DynamoDBStoreOptions {
  /** A table with the partition key `pk`, a text, and no sort key; its TTL attribute is `ttl`. */
  readonly tableName: string;
  /**
   * Default: one with the SDK's own region, endpoint and credentials that tries three times, for a second each.
   */
  readonly client?: DynamoDBClient;
}

/** How often a call is tried. */
const ATTEMPTS = 3;

/** How long one try may take, in milliseconds. */
const TIMEOUT = 1000;

/** How long a call may take with all its tries and the waits between them, in milliseconds. */
const LONGEST = 5000;

/** How many batches a read may take. */
const MOST_BATCHES = 5;

/** How long to wait for the second batch, in milliseconds, at most; for each further one twice as long. */
const BATCH_WAIT = 50;

/**
 * Sessions in a DynamoDB table: one item for each session and one for each user, written with single-item conditions
 * alone. `dynamodb-session-item.ts` and `dynamodb-user-item.ts` say what is in them.
 *
 * @throws OptionError without a table's name
 */
export class DynamoDBStore implements SessionStore {
  readonly #table: Table;

  constructor({ tableName, client = newClient() }: DynamoDBStoreOptions) {
    if (typeof tableName !== "string" || tableName === "")
      throw new OptionError("tableName", "must be the name of a table");
    this.#table = new DynamoDBTable(client, tableName);
  }

  async read(id: string, userKey?: string): Promise<Found> {
    if (userKey === undefined) return { session: sessionOf(await this.#table.get(sessionKey(id))) };
    const [session, user] = await this.#table.getBoth([sessionKey(id), userItemKey(userKey)]);
    return { session: sessionOf(session), user: userOf(user) };
  }

  begin(id: string, record: SessionRecord): Promise<void> {
    return beginSession(this.#table, id, record);
  }

  change(id: string, change: RecordChange, known: FoundSession): Promise<ChangeResult> {
    return changeSession(this.#table, id, change, known);
  }

  end(id: string, ending: Ending): Promise<boolean> {
    return endSession(this.#table, id, ending);
  }

  async readUser(userKey: string): Promise<UserRecord | undefined> {
    return userOf(await this.#table.get(userItemKey(userKey)));
  }

  addUserSession(userKey: string, change: UserSessionChange): Promise<boolean> {
    return addUserSession(this.#table, userKey, change);
  }

  touchUserSession(
    userKey: string,
    id: string,
    seen: Pick<UserSession, "lastSeenAt" | "expiresAt">,
  ): Promise<boolean> {
    return touchUserSession(this.#table, userKey, id, seen);
  }

  removeUserSession(userKey: string, id: string): Promise<boolean> {
    return removeUserSession(this.#table, userKey, id);
  }

  removeUserSessions(userKey: string, except?: string): Promise<readonly string[]> {
    return removeUserSessions(this.#table, userKey, except);
  }
}

function newClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    sha256: SdkSha256,
    requestHandler: {
      connectionTimeout: TIMEOUT,
      requestTimeout: TIMEOUT,
      socketTimeout: TIMEOUT,
      throwOnRequestTimeout: true,
    },
  });
  // It copies each input and output to hide what is sensitive, even where there is no logger.
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}

class DynamoDBTable implements Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(pk: string): Promise<FoundItem | undefined> {
    const input = { TableName: this.#name, Key: { pk: { S: pk } }, ConsistentRead: true };
    tellCall("GetItem");
    return (await this.#sent((limit) => this.#client.send(new GetItemCommand(input), limit))).Item;
  }

  async getBoth(
    pks: readonly [string, string],
  ): Promise<[session: FoundItem | undefined, user: FoundItem | undefined]> {
    const items = await this.#sent((limit) => this.#getAll(pks, limit));
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
    tellCall("PutItem");
    return this.#written(pk, (limit) => this.#client.send(command, limit));
  }

  update(pk: string, write: WriteExpression, returned?: "new" | "old"): Promise<WriteResult> {
    const command = new UpdateItemCommand({
      TableName: this.#name,
      Key: { pk: { S: pk } },
      ...write.build(),
      ...(returned && { ReturnValues: returned === "new" ? "UPDATED_NEW" : "ALL_OLD" }),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    tellCall("UpdateItem");
    return this.#written(pk, (limit) => this.#client.send(command, limit));
  }

  /** What is left over because DynamoDB throttles a part of a batch is asked for again. */
  async #getAll(pks: readonly string[], limit: Limit): Promise<FoundItem[]> {
    const items: FoundItem[] = [];
    let keys: Record<string, AttributeValue>[] = pks.map((pk) => ({ pk: { S: pk } }));
    for (let tries = 1; ; tries++) {
      const input = { RequestItems: { [this.#name]: { Keys: keys, ConsistentRead: true } } };
      tellCall("BatchGetItem");
      const output = await this.#client.send(new BatchGetItemCommand(input), limit);
      items.push(...Object.values(output.Responses ?? {}).flat());
      keys = Object.values(output.UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? []);
      if (keys.length === 0) return items;
      if (tries === MOST_BATCHES) throw new Error(`${tries} batches left keys unread`);
      await sleep(Math.random() * BATCH_WAIT * 2 ** (tries - 1), undefined, { signal: limit.abortSignal });
    }
  }

  /** A condition that fails is an answer. Where the item does not come with it, it is read. */
  async #written(
    pk: string,
    send: (limit: Limit) => Promise<{ readonly Attributes?: FoundItem | undefined }>,
  ): Promise<WriteResult> {
    try {
      return { done: true, returned: (await send(newLimit())).Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item !== undefined)
        return { done: false, there: error.Item };
      if (!isConditionFailure(error)) throw asStoreError(error, this.#name);
    }
    return { done: false, there: await this.get(pk) };
  }

  async #sent<Output>(send: (limit: Limit) => Promise<Output>): Promise<Output> {
    try {
      return await send(newLimit());
    } catch (error) {
      throw asStoreError(error, this.#name);
    }
  }
}

/** What ends a call that takes too long. */
interface Limit {
  readonly abortSignal: AbortSignal;
}

function newLimit(): Limit {
  return { abortSignal: AbortSignal.timeout(LONGEST) };
}
