import { callDynamoDB } from "./dynamodb-call.ts";
import type { StackTable } from "./stack-table.ts";

/** A page of a table's items, as DynamoDB tells them. */
interface Page {
  readonly Items: readonly object[];
  readonly LastEvaluatedKey?: object;
}

/**
 * Takes out of a table what expired before `now`, in seconds since the epoch: an embedded DynamoDB never
 * does.
 */
export async function removeExpiredItems(table: StackTable, endpoint: string, now: number): Promise<void> {
  if (table.timeToLive === undefined) return;
  const query = expiredBefore(now, table.timeToLive, table);
  for (let start: object | undefined = {}; start; ) {
    const { Items, LastEvaluatedKey }: Page = await callDynamoDB(endpoint, "Scan", { ...query, ...start });
    for (const Key of Items) await callDynamoDB(endpoint, "DeleteItem", { TableName: table.name, Key });
    start = LastEvaluatedKey && { ExclusiveStartKey: LastEvaluatedKey };
  }
}

/** The keys of the items that are over, as the input of a scan. Any name may be a reserved word. */
function expiredBefore(now: number, timeToLive: string, { name, keySchema }: StackTable): object {
  const keys = keySchema.map(({ AttributeName }, index) => [`#key${index}`, AttributeName] as const);
  return {
    TableName: name,
    ProjectionExpression: keys.map(([placeholder]) => placeholder).join(", "),
    FilterExpression: "#ttl < :now",
    ExpressionAttributeNames: { "#ttl": timeToLive, ...Object.fromEntries(keys) },
    ExpressionAttributeValues: { ":now": { N: String(now) } },
  };
}
