import type { SessionInterface } from "lambda-sessions";
import { createDynamoDBClient, DynamoDBConditionalStore, DynamoDBStore } from "lambda-sessions/dynamodb";
import {
  type ConditionalStore,
  ServerSideSessionInterface,
  SessionDirectory,
} from "lambda-sessions/server-side";
import { keysFrom, settingsFrom, tableNameFrom } from "../environment.ts";
import { warmUpStore } from "../warm-up.ts";

const table = { tableName: tableNameFrom(process.env), client: createDynamoDBClient() };
const store = new DynamoDBStore(table);

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

/** Opens what the sign-in at an identity provider keeps in the table, beside the sessions. */
export function openItems(): ConditionalStore | undefined {
  return new DynamoDBConditionalStore(table);
}
