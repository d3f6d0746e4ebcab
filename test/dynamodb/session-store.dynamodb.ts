import { beforeAll } from "vitest";
import { DynamoDBStore } from "../../shared/session/stores/dynamodb.ts";
import { describeSessionStore } from "../session/stores/session-store-contract.ts";
import { client, createTable, ENGINE } from "./engine.ts";

let tableName: string;

beforeAll(async () => {
  tableName = await createTable();
});

describeSessionStore(`DynamoDBStore on ${ENGINE}`, () => new DynamoDBStore({ tableName, client }));
