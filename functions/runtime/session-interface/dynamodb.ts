import type { SessionInterface } from "lambda-sessions";
import { DynamoDBStore } from "lambda-sessions/dynamodb";
import { ServerSideSessionInterface, SessionDirectory } from "lambda-sessions/server-side";
import { keysFrom, settingsFrom, tableNameFrom } from "../environment.ts";
import { warmUpStore } from "../warm-up.ts";

const store = new DynamoDBStore({ tableName: tableNameFrom(process.env) });

/** Sessions in a DynamoDB table: the condition `dynamodb`. */
export const sessionInterface: SessionInterface = new ServerSideSessionInterface({
  store,
  keys: keysFrom(process.env),
  settings: settingsFrom(process.env),
});

/** Lists and ends the sessions of users. */
export const sessions = new SessionDirectory({ users: store, store });

/** Prepares a function for its first request, while it starts. */
export const warmUp = warmUpStore(store);
