import { LocalRunError } from "../local-run-error.ts";
import { callDynamoDB, DynamoDBCallError } from "./dynamodb-call.ts";
import type { StackTable } from "./stack-table.ts";

/**
 * Creates a table unless an earlier run has created it, and waits until it is active.
 *
 * @throws LocalRunError if it exists with another key, or does not become active
 */
export async function createTable(table: StackTable, endpoint: string): Promise<void> {
  const { name, keySchema, definition } = table;
  try {
    await callDynamoDB(endpoint, "CreateTable", { TableName: name, KeySchema: keySchema, ...definition });
  } catch (error) {
    if (!(error instanceof DynamoDBCallError && error.type === "ResourceInUseException")) throw error;
  }
  const { KeySchema } = await waitUntilActive(name, endpoint);
  if (JSON.stringify(KeySchema) !== JSON.stringify(keySchema))
    throw new LocalRunError(
      `The local table ${name} has another key than the stack's. Delete .local/dynamodb to start with empty tables.`,
    );
}

/** DynamoDB's description of a table. */
interface TableDescription {
  readonly TableStatus: string;
  readonly KeySchema: StackTable["keySchema"];
}

/** Maximum number of attempts. A table that an earlier run left incomplete never becomes active. */
const MOST_TRIES = 1000;

async function waitUntilActive(name: string, endpoint: string): Promise<TableDescription> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { Table } = await describe(name, endpoint);
    if (Table.TableStatus === "ACTIVE") return Table;
  }
  throw new LocalRunError(
    `The local table ${name} does not become active. Delete .local/dynamodb to start with empty tables.`,
  );
}

function describe(TableName: string, endpoint: string): Promise<{ Table: TableDescription }> {
  return callDynamoDB(endpoint, "DescribeTable", { TableName });
}
