import { callDynamoDB } from "./dynamodb-call.ts";
import type { StackTable } from "./stack-table.ts";

/** Page of a table's items, as DynamoDB returns it. */
interface Page {
  readonly Items: readonly object[];
  readonly LastEvaluatedKey?: object;
}

/**
 * Deletes a table's items that expired before `now`, in seconds since the epoch. An embedded DynamoDB never
 * deletes them itself.
 */
export async function removeExpiredItems(table: StackTable, endpoint: string, now: number): Promise<void> {
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
