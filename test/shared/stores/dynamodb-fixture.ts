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

/** The time in these tests, in seconds since the epoch. */
export const NOW = 2_000_000_000;

/** An item as the SDK gives it. */
export type RawItem = Record<string, AttributeValue>;

/** A store in an embedded DynamoDB behind a proxy, and the same past the proxy. */
export class DynamoDBFixture {
  readonly dynamodb: EmbeddedDynamoDB;
  readonly proxy: FaultProxy;
  readonly tableName: string;
  /** Through the proxy; it tries three times. */
  readonly store: DynamoDBStore;
  /** Past the proxy. */
  readonly direct: DynamoDBStore;
  readonly #client: DynamoDBClient;

  /** Call `start` instead. */
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

  /** A store of another table, through the proxy. */
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

  /** Writes an item past the store. */
  async putItem(Item: RawItem): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.tableName, Item }));
  }

  /** The session as it is, past the proxy. */
  async found(id: string): Promise<FoundSession> {
    const { session } = await this.direct.read(id);
    if (typeof session !== "object") throw new Error(`there is no session, but ${session}`);
    return session;
  }

  /** Begins a session past the proxy, and finds it. */
  async begin(id: string, values: Readonly<Record<string, StoredValue>> = {}): Promise<FoundSession> {
    await this.direct.begin(id, recordOf(values));
    return this.found(id);
  }

  /** Adds a session to a user's past the proxy. */
  async addUserSession(userKey: string, id: string, session: UserSession = SESSION): Promise<void> {
    const generation = (await this.direct.readUser(userKey))?.generation ?? 0;
    await this.direct.addUserSession(userKey, { generation, id, session, remove: [] });
  }
}

/** A user's session. */
export const SESSION: UserSession = { createdAt: NOW, lastSeenAt: NOW, expiresAt: NOW + 3600 };

/** A session's record that holds some values. */
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

/** A change that asks for nothing more than the first epoch. */
export function changeOf(change: Partial<RecordChange>): RecordChange {
  return { now: NOW, condition: { epoch: 0 }, ...change };
}

/** As many values as no expression names one by one. */
export function manyValues(text: string): Map<string, StoredValue> {
  return new Map(Array.from({ length: 200 }, (_, number) => [`key${number}`, text]));
}
