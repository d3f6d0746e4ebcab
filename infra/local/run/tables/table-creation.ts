import { LocalRunError } from "../local-run-error.ts";
import { callDynamoDB, DynamoDBCallError } from "./dynamodb-call.ts";
import type { StackTable } from "./stack-table.ts";

/**
 * Makes a table unless it is there from an earlier run, and waits until it takes items.
 *
 * @throws LocalRunError when the one that is there has another key, or never gets ready
 */
export async function createTable(table: StackTable, endpoint: string): Promise<void> {
  const { name, keySchema, definition } = table;
  try {
    await callDynamoDB(endpoint, "CreateTable", { TableName: name, KeySchema: keySchema, ...definition });
  } catch (error) {
    if (!(error instanceof DynamoDBCallError && error.type === "ResourceInUseException")) throw error;
  }
  const { KeySchema } = await untilActive(name, endpoint);
  if (JSON.stringify(KeySchema) !== JSON.stringify(keySchema))
    throw new LocalRunError(
      `The local table ${name} has another key than the stack's. Delete .local/dynamodb to begin anew.`,
    );
}

/** DynamoDB's description of a table. */
interface TableDescription {
  readonly TableStatus: string;
  readonly KeySchema: StackTable["keySchema"];
}

/** More than any table takes; one that an earlier run left half made never gets there. */
const MOST_TRIES = 1000;

async function untilActive(name: string, endpoint: string): Promise<TableDescription> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { Table } = await describe(name, endpoint);
    if (Table.TableStatus === "ACTIVE") return Table;
  }
  throw new LocalRunError(
    `The local table ${name} does not get ready. Delete .local/dynamodb to begin anew.`,
  );
}

function describe(TableName: string, endpoint: string): Promise<{ Table: TableDescription }> {
  return callDynamoDB(endpoint, "DescribeTable", { TableName });
}
