/** Stores sessions and small conditional values in a DynamoDB table. Needs `@aws-sdk/client-dynamodb`. */
export {
  DYNAMODB_CALLS,
  DYNAMODB_OPERATIONS,
  type DynamoDBCall,
  type DynamoDBOperation,
} from "./stores/dynamodb/dynamodb-calls.ts";
export { DynamoDBStore, type DynamoDBStoreOptions } from "./stores/dynamodb/dynamodb-store.ts";
export {
  DynamoDBConditionalStore,
  type DynamoDBConditionalStoreOptions,
} from "./stores/dynamodb/items/dynamodb-conditional-store.ts";
export { createDynamoDBClient } from "./stores/dynamodb/sdk/create-dynamodb-client.ts";
