import { LocalRunError } from "../local-run-error.ts";
import { callDynamoDB, DynamoDBCallError } from "./dynamodb-call.ts";
import type { StackTable } from "./stack-table.ts";

/**
 * Prepares a table for a run: creates it unless an earlier run has created it, and deletes the items that
 * have expired.
 *
 * @throws LocalRunError if it exists with another key, or does not become active
 */
export async function prepareTable(table: StackTable, endpoint: string): Promise<void> {
  await createTable(table, endpoint);
  await removeExpiredItems(table, endpoint, Math.floor(Date.now() / 1000));
}

/** Creates a table unless an earlier run has created it, and waits until it is active. */
async function createTable(table: StackTable, endpoint: string): Promise<void> {
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

/** Page of a table's items, as DynamoDB returns it. */
interface Page {
  readonly Items: readonly object[];
  readonly LastEvaluatedKey?: object;
}

/**
 * Deletes a table's items that expired before `now`, in seconds since the epoch. An embedded DynamoDB never
 * deletes them itself.
 */
async function removeExpiredItems(table: StackTable, endpoint: string, now: number): Promise<void> {
  if (table.timeToLive === undefined) return;
  const query = createExpiryScan(now, table.timeToLive, table);
  for (let start: object | undefined = {}; start; ) {
    const { Items, LastEvaluatedKey }: Page = await callDynamoDB(endpoint, "Scan", { ...query, ...start });
    for (const Key of Items) await callDynamoDB(endpoint, "DeleteItem", { TableName: table.name, Key });
    start = LastEvaluatedKey && { ExclusiveStartKey: LastEvaluatedKey };
  }
}

/**
 * Returns the input of a scan for the keys of expired items. Uses placeholders, because any name may be a
 * reserved word.
 */
function createExpiryScan(now: number, timeToLive: string, { name, keySchema }: StackTable): object {
  const keys = keySchema.map(({ AttributeName }, index) => [`#key${index}`, AttributeName] as const);
  return {
    TableName: name,
    ProjectionExpression: keys.map(([placeholder]) => placeholder).join(", "),
    FilterExpression: "#ttl < :now",
    ExpressionAttributeNames: { "#ttl": timeToLive, ...Object.fromEntries(keys) },
    ExpressionAttributeValues: { ":now": { N: String(now) } },
  };
}
