import { ServerSideSessionInterface } from "../../../shared/session/server-side-session-interface.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import { Sessions } from "../../../shared/session/sessions.ts";
import { DynamoDBStore } from "../../../shared/session/stores/dynamodb.ts";
import { keysFrom, settingsFrom, tableNameFrom } from "../environment.ts";
import { warmUpStore } from "../warm-up.ts";

const store = new DynamoDBStore({ tableName: tableNameFrom(process.env) });

/** Sessions in a DynamoDB table: the bundle's condition `dynamodb`. */
export const sessionInterface: SessionInterface = new ServerSideSessionInterface({
  store,
  keys: keysFrom(process.env),
  settings: settingsFrom(process.env),
});

/** The sessions of users. */
export const sessions = new Sessions({ users: store, store });

/** What a function does while it starts. */
export const warmUp = warmUpStore(store);
