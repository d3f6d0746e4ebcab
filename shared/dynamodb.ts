/** Stores sessions in a DynamoDB table. Needs `@aws-sdk/client-dynamodb`. */
export {
  DYNAMODB_CALLS,
  DYNAMODB_OPERATIONS,
  type DynamoDBCall,
  type DynamoDBOperation,
} from "./stores/dynamodb/dynamodb-calls.ts";
export { DynamoDBStore, type DynamoDBStoreOptions } from "./stores/dynamodb/dynamodb-store.ts";
