import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { CountedCall } from "./calls.ts";

const COMMANDS: Readonly<Record<string, new (input: never) => object>> = {
  BatchGetItem: BatchGetItemCommand,
  GetItem: GetItemCommand,
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
};

/** Returns the floor, which only sends recorded calls again, by the AWS SDK with its defaults. */
export function sendAgain(): (calls: readonly CountedCall[]) => Promise<void> {
  const client = new DynamoDBClient({});
  return async (calls) => {
    for (const { operation, input } of calls) {
      const Command = COMMANDS[operation];
      if (Command === undefined)
        throw new Error(`the floor cannot send ${operation}: add its command to COMMANDS`);
      await client.send(new Command(input as never) as never);
    }
  };
}
