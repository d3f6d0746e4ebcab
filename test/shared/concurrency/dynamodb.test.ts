import { afterAll, beforeAll } from "vitest";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "../../support/embedded-dynamodb.ts";
import { runsOf } from "../../support/proofs.ts";
import { describeConcurrency } from "./describe-concurrency.ts";

let dynamodb: EmbeddedDynamoDB;

beforeAll(async () => {
  dynamodb = await startEmbeddedDynamoDB();
});

afterAll(() => dynamodb.close());

describeConcurrency("the embedded DynamoDB", {
  makeStore: async () =>
    new DynamoDBStore({ tableName: await dynamodb.createTable(), client: dynamodb.client() }),
  loads: runsOf({ all: 12, sampled: 1 }),
  isRepeatable: false,
  leastOperations: 1_000,
  mustHappen: ["saved", "failed", "expired", "session_destroyed", "sign in", "renew"],
});
