import type { SessionInterface } from "lambda-sessions";
import { DynamoDBStore } from "lambda-sessions/dynamodb";
import { ServerSideSessionInterface, Sessions } from "lambda-sessions/server-side";
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
