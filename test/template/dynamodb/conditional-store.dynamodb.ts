import { beforeAll } from "vitest";
import { describeConditionalStore } from "../../../shared/contracts.ts";
import { DynamoDBConditionalStore } from "../../../shared/stores/dynamodb/items/dynamodb-conditional-store.ts";
import { client, createTable, ENGINE } from "./engine.ts";

let tableName: string;

beforeAll(async () => {
  tableName = await createTable();
});

describeConditionalStore(
  `DynamoDBConditionalStore on ${ENGINE}`,
  ({ clock }) => new DynamoDBConditionalStore({ tableName, client, clock }),
);
