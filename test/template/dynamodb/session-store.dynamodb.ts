import { beforeAll } from "vitest";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import { describeSessionStore } from "../../shared/stores/session-store-contract.ts";
import { client, createTable, ENGINE } from "./engine.ts";

let tableName: string;

beforeAll(async () => {
  tableName = await createTable();
});

describeSessionStore(`DynamoDBStore on ${ENGINE}`, () => new DynamoDBStore({ tableName, client }));
