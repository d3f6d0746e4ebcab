import { channel } from "node:diagnostics_channel";

/**
 * The diagnostics channel on which the store tells each call that it makes to DynamoDB, before it is sent, as a
 * `DynamoDBCall`: for whoever measures or traces. It costs nothing while nobody subscribes.
 */
export const DYNAMODB_CALLS = "session-store:dynamodb-call";

/** The operations that the store calls. */
export const DYNAMODB_OPERATIONS = ["GetItem", "BatchGetItem", "PutItem", "UpdateItem"] as const;

/** One of `DYNAMODB_OPERATIONS`. */
export type DynamoDBOperation = (typeof DYNAMODB_OPERATIONS)[number];

/** A call to DynamoDB. Its own tries are not told apart. */
export interface DynamoDBCall {
  readonly operation: DynamoDBOperation;
}

const calls = channel(DYNAMODB_CALLS);

/** Tells a call to those who subscribed. */
export function tellCall(operation: DynamoDBOperation): void {
  if (calls.hasSubscribers) calls.publish({ operation } satisfies DynamoDBCall);
}
