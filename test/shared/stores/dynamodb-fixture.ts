import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import type {
  FoundSession,
  RecordChange,
  SessionRecord,
  StoredValue,
  UserSession,
} from "../../../shared/stores/session-record.ts";
import { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "../../support/embedded-dynamodb.ts";
import { FaultProxy } from "../../support/fault-proxy.ts";

/** Time in these tests, in seconds since the epoch. */
export const NOW = 2_000_000_000;

/** Item as the SDK returns it. */
export type RawItem = Record<string, AttributeValue>;

/** Store in an embedded DynamoDB behind a proxy, and a store without the proxy. */
export class DynamoDBFixture {
  readonly dynamodb: EmbeddedDynamoDB;
  readonly proxy: FaultProxy;
  readonly tableName: string;
  /** Store behind the proxy. It tries three times. */
  readonly store: DynamoDBStore;
  /** Store without the proxy. */
  readonly direct: DynamoDBStore;
  readonly #client: DynamoDBClient;

  /** Use `start` instead. */
  constructor(dynamodb: EmbeddedDynamoDB, proxy: FaultProxy, tableName: string) {
    this.dynamodb = dynamodb;
    this.proxy = proxy;
    this.tableName = tableName;
    this.#client = dynamodb.client();
    this.store = this.storeFor(tableName);
    this.direct = new DynamoDBStore({ tableName, client: this.#client });
  }

  static async start(): Promise<DynamoDBFixture> {
    const dynamodb = await startEmbeddedDynamoDB();
    const proxy = new FaultProxy(dynamodb.endpoint);
    await proxy.start();
    return new DynamoDBFixture(dynamodb, proxy, await dynamodb.createTable());
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.dynamodb.close();
  }

  /** Returns a store of another table behind the proxy. */
  storeFor(tableName: string): DynamoDBStore {
    return new DynamoDBStore({
      tableName,
      client: this.dynamodb.client({ endpoint: this.proxy.endpoint, maxAttempts: 3 }),
    });
  }

  async item(pk: string): Promise<RawItem | undefined> {
    const input = { TableName: this.tableName, Key: { pk: { S: pk } }, ConsistentRead: true };
    return (await this.#client.send(new GetItemCommand(input))).Item;
  }

  /** Writes an item without the store. */
  async putItem(Item: RawItem): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.tableName, Item }));
  }

  /** Returns the current session without the proxy. */
  async found(id: string): Promise<FoundSession> {
    const { session } = await this.direct.read(id);
    if (typeof session !== "object") throw new Error(`there is no session, but ${session}`);
    return session;
  }

  /** Begins a session without the proxy and returns it. */
  async begin(id: string, values: Readonly<Record<string, StoredValue>> = {}): Promise<FoundSession> {
    await this.direct.begin(id, recordOf(values));
    return this.found(id);
  }

  /** Adds a session to a user's list without the proxy. */
  async addUserSession(userKey: string, id: string, session: UserSession = SESSION): Promise<void> {
    const generation = (await this.direct.readUser(userKey))?.generation ?? 0;
    await this.direct.addUserSession(userKey, { generation, id, session, remove: [] });
  }
}

/** Entry of a user's session. */
export const SESSION: UserSession = { createdAt: NOW, lastSeenAt: NOW, expiresAt: NOW + 3600 };

/** Returns a record with these values. */
export function recordOf(values: Readonly<Record<string, StoredValue>> = {}): SessionRecord {
  return {
    tokenHash: "token",
    renewedAt: NOW,
    epoch: 0,
    values: new Map(Object.entries(values)),
    createdAt: NOW,
    lastSeenAt: NOW,
    expiresAt: NOW + 3600,
  };
}

/** Returns a change whose only condition is the first epoch. */
export function changeOf(change: Partial<RecordChange>): RecordChange {
  return { now: NOW, condition: { epoch: 0 }, ...change };
}

/** Returns more values than one expression can name. */
export function manyValues(text: string): Map<string, StoredValue> {
  return new Map(Array.from({ length: 200 }, (_, number) => [`key${number}`, text]));
}
