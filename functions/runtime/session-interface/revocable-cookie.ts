import type { SessionInterface } from "lambda-sessions";
import { createDynamoDBClient, DynamoDBConditionalStore, DynamoDBStore } from "lambda-sessions/dynamodb";
import {
  type ConditionalStore,
  RevocableCookieSessionInterface,
  SessionDirectory,
} from "lambda-sessions/server-side";
import { keysFrom, settingsFrom, tableNameFrom } from "../environment.ts";
import { type WarmUp, warmUpCookies, warmUpStore } from "../warm-up.ts";

const table = { tableName: tableNameFrom(process.env), client: createDynamoDBClient() };
const store = new DynamoDBStore(table);
const options = { store, keys: keysFrom(process.env), settings: settingsFrom(process.env) };

/** Sessions in signed cookies that can be revoked: the condition `revocable-cookie`. */
export const sessionInterface: SessionInterface = new RevocableCookieSessionInterface(options);

/** Lists and ends the sessions of users. The table lists them, their data is in the cookies. */
export const sessions = new SessionDirectory({ users: store });

const silent = new RevocableCookieSessionInterface({ ...options, log: () => {} });

/** Prepares a function for its first request, while it starts. */
export const warmUp: WarmUp = async (withSession) => {
  await Promise.all([warmUpCookies(silent)(withSession), warmUpStore(store)(withSession)]);
};

/** Opens what the sign-in at an identity provider keeps in the table, beside the sessions. */
export function openItems(): ConditionalStore | undefined {
  return new DynamoDBConditionalStore(table);
}
