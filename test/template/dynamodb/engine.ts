import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { afterAll } from "vitest";

/** The name of the DynamoDB engine that `run.ts` has started. */
export const ENGINE = process.env.DYNAMODB_ENGINE ?? notStarted();

/** The URL of the engine. */
export const ENDPOINT = process.env.AWS_ENDPOINT_URL_DYNAMODB ?? notStarted();

/** Returns a client for the engine. */
export function makeClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({ endpoint: ENDPOINT, ...config });
}

/** The client that the tests share. */
export const client = makeClient();

let made = 0;

/** Creates a table for sessions, which is deleted after the test file, and returns its name. */
export async function createTable(): Promise<string> {
  const TableName = `test-${process.pid}-${Date.now()}-${++made}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  tables.push(TableName);
  await waitUntilTableExists({ client, minDelay: 0.02, maxDelay: 2, maxWaitTime: 60 }, { TableName });
  return TableName;
}

const tables: string[] = [];

afterAll(async () => {
  for (const TableName of tables.splice(0)) await client.send(new DeleteTableCommand({ TableName }));
});

function notStarted(): never {
  throw new Error("DYNAMODB_ENGINE is not set: start this test with npm run test:dynamodb");
}
