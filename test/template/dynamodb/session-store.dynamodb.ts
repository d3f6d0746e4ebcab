import { beforeAll } from "vitest";
import { describeSessionStore } from "../../../shared/contracts.ts";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import { client, createTable, ENGINE } from "./engine.ts";

let tableName: string;

beforeAll(async () => {
  tableName = await createTable();
});

describeSessionStore(`DynamoDBStore on ${ENGINE}`, () => new DynamoDBStore({ tableName, client }));
