import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
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
import { parseSessionItem, toSessionPk } from "./dynamodb-session-item.ts";
import { beginSession, changeSession, type Ending, endSession } from "./dynamodb-sessions.ts";
import type { Table } from "./dynamodb-table.ts";
import { parseUserItem, toUserPk } from "./dynamodb-user-item.ts";
import {
  addUserSession,
  removeProviderSessions,
  removeUserSession,
  removeUserSessions,
  touchUserSession,
} from "./dynamodb-users.ts";
import { createDynamoDBClient } from "./sdk/create-dynamodb-client.ts";
import { openTable } from "./sdk/open-table.ts";

/** Options of the store. */
export interface DynamoDBStoreOptions {
  /** Name of a table with the partition key `pk` (a string), no sort key, and the TTL attribute `ttl`. */
  readonly tableName: string;
  /**
   * DynamoDB client. Default: a client with the SDK's region, endpoint and credentials, which tries three
   * times for a second each.
   */
  readonly client?: DynamoDBClient;
}

/**
 * Stores sessions in a DynamoDB table: one item per session and one per user, written with single-item
 * conditions only. `dynamodb-session-item.ts` and `dynamodb-user-item.ts` define the attributes.
 *
 * @throws OptionError if the table has no name
 */
export class DynamoDBStore implements SessionStore {
  readonly #table: Table;

  constructor({ tableName, client = createDynamoDBClient() }: DynamoDBStoreOptions) {
    this.#table = openTable(tableName, client);
  }

  async read(id: string, userKey?: string): Promise<Found> {
    if (userKey === undefined) return { session: parseSessionItem(await this.#table.get(toSessionPk(id))) };
    const [session, user] = await this.#table.getBoth([toSessionPk(id), toUserPk(userKey)]);
    return { session: parseSessionItem(session), user: parseUserItem(user) };
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
    return parseUserItem(await this.#table.get(toUserPk(userKey)));
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

  removeProviderSessions(userKey: string, providerSession: string): Promise<readonly string[]> {
    return removeProviderSessions(this.#table, userKey, providerSession);
  }
}
