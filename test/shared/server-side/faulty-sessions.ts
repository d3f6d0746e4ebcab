import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  type DynamoDBClientConfig,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { createWithSession } from "../../../shared/lambda/with-session.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import { Browser } from "../../../shared/testing/browser.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { APP_ORIGIN } from "../../../shared/testing/events.ts";
import { LogCollector } from "../../../shared/testing/log-collector.ts";
import { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "../../support/embedded-dynamodb.ts";
import { FaultProxy } from "../../support/fault-proxy.ts";
import { KEY } from "../cookie/secure-cookie-fixture.ts";

/** A handler's use of a session; its result is the JSON of the response. */
export type Use = (session: Session) => unknown;

/** The response that a visitor received. */
export interface Seen {
  readonly status: number;
  /** The result of the use of the session; `undefined` unless the status is 200. */
  readonly result?: unknown;
  readonly cookie: "none" | "set" | "delete";
  readonly retryAfter?: string;
}

/** An item of the table. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Options of a visitor. */
export interface VisitorOptions {
  readonly settings?: SessionSettings;
  /** Default: a store whose client uses the proxy. */
  readonly store?: DynamoDBStore;
}

/** A browser whose requests use its session. */
export interface FaultyVisitor {
  /** The Cookie header that it would send; `undefined` without a cookie. */
  readonly cookie: string | undefined;
  /** @param cookie sent instead of the browser's own */
  request(use: Use, cookie?: string): Promise<Seen>;
}

/** A DynamoDB in which a table for sessions can be created. */
export type Database = Pick<EmbeddedDynamoDB, "endpoint" | "client" | "createTable" | "close">;

/** Handlers with server-side sessions in a DynamoDB, behind a proxy that injects faults. */
export class FaultySessions {
  readonly clock = new Clock();
  readonly log = new LogCollector<{ readonly event: string; readonly reason?: string }>();
  readonly proxy: FaultProxy;
  /** A client that does not use the proxy. */
  readonly direct: DynamoDBClient;
  readonly tableName: string;
  readonly #database: Database;
  #client: DynamoDBClient;

  /** Call `start` instead. */
  constructor(database: Database, proxy: FaultProxy, tableName: string) {
    this.#database = database;
    this.proxy = proxy;
    this.tableName = tableName;
    this.direct = database.client();
    this.#client = this.client();
  }

  /** @param database closed with the sessions; default: an embedded DynamoDB */
  static async start(database?: Database): Promise<FaultySessions> {
    const dynamodb = database ?? (await startEmbeddedDynamoDB());
    const proxy = new FaultProxy(dynamodb.endpoint);
    await proxy.start();
    return new FaultySessions(dynamodb, proxy, await dynamodb.createTable());
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.#database.close();
  }

  /** Empties the table, and replaces the client, because the SDK limits the retries of each client. */
  async clear(): Promise<void> {
    for (const { pk } of await this.items())
      if (pk !== undefined)
        await this.direct.send(new DeleteItemCommand({ TableName: this.tableName, Key: { pk } }));
    this.#client.destroy();
    this.#client = this.client();
  }

  /** Returns all items of the table. */
  async items(): Promise<readonly Item[]> {
    const { Items = [] } = await this.direct.send(
      new ScanCommand({ TableName: this.tableName, ConsistentRead: true }),
    );
    return Items;
  }

  /** Returns a client that uses the proxy and tries three times. */
  client(options: DynamoDBClientConfig = {}): DynamoDBClient {
    return this.#database.client({ endpoint: this.proxy.endpoint, maxAttempts: 3, ...options });
  }

  /** Returns a browser without a cookie. */
  visitor({ settings = {}, store = this.#store() }: VisitorOptions = {}): FaultyVisitor {
    const options = { store, keys: [KEY], settings, clock: this.clock.now, log: this.log.log };
    const sessionInterface = new ServerSideSessionInterface(options);
    const withSession = createWithSession({ sessionInterface, log: this.log.log });
    const uses: Use[] = [];
    const handler = withSession(async (event, session) => {
      const result = await uses[Number(event.headers["x-use"])]?.(session);
      return { statusCode: 200, body: JSON.stringify({ result }) };
    });
    const browser = new Browser({ "POST /": handler }, { clock: this.clock.now });
    const request = async (use: Use, cookie?: string) => {
      const headers = { "x-use": `${uses.push(use) - 1}`, ...(cookie !== undefined && { cookie }) };
      return seen(await browser.post("/", {}, { headers }));
    };
    return {
      request,
      get cookie() {
        return browser.jar.header(`${APP_ORIGIN}/`);
      },
    };
  }

  #store(): DynamoDBStore {
    return new DynamoDBStore({ tableName: this.tableName, client: this.#client });
  }
}

function seen({ status, headers, body, cookies: [cookie] }: Awaited<ReturnType<Browser["post"]>>): Seen {
  const retryAfter = headers.get("retry-after");
  return {
    status,
    cookie: cookie === undefined ? "none" : /; Max-Age=0;/.test(cookie) ? "delete" : "set",
    ...(status === 200 && { result: JSON.parse(body).result }),
    ...(retryAfter !== null && { retryAfter }),
  };
}

/** Returns the data of a session, its user, and whether it is new. */
export const look: Use = (session) => ({
  ...session.toJSON(),
  ...(session.user && { user: session.user.id }),
  ...(session.isNew && { isNew: true }),
});
