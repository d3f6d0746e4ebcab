import { channel } from "node:diagnostics_channel";

/**
 * Diagnostics channel that receives a `DynamoDBCall` before each call to DynamoDB is sent, for measurements
 * and traces. It costs nothing without subscribers.
 */
export const DYNAMODB_CALLS = "session-store:dynamodb-call";

/** Operations that the store calls. */
export const DYNAMODB_OPERATIONS = ["GetItem", "BatchGetItem", "PutItem", "UpdateItem"] as const;

/** One of `DYNAMODB_OPERATIONS`. */
export type DynamoDBOperation = (typeof DYNAMODB_OPERATIONS)[number];

/** Call to DynamoDB. It is published once, even if the SDK tries several times. */
export interface DynamoDBCall {
  readonly operation: DynamoDBOperation;
}

const calls = channel(DYNAMODB_CALLS);

/** Publishes a call to the subscribers. */
export function publishCall(operation: DynamoDBOperation): void {
  if (calls.hasSubscribers) calls.publish({ operation } satisfies DynamoDBCall);
}
