import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

const TableName = process.env.SESSION_TABLE_NAME;
const client = new DynamoDBClient({});

/** Counts visits in an item whose key is the cookie, with the AWS SDK and without a session. */
export async function handler({
  cookies,
}: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const Key = { pk: { S: cookies?.[0]?.split("=")[1] ?? "" } };
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  const visits = Number(Item?.data?.M?.visits?.N ?? 0) + 1;
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: "SET #data.visits = :visits",
      ExpressionAttributeNames: { "#data": "data" },
      ExpressionAttributeValues: { ":visits": { N: `${visits}` } },
    }),
  );
  const headers = { "content-type": "application/json", vary: "Cookie", "cache-control": "no-store" };
  return { statusCode: 200, headers, body: JSON.stringify({ visits }) };
}
