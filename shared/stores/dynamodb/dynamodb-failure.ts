import { SessionUnavailableError } from "../../session/session-errors.ts";
import { ItemTooLargeError } from "./dynamodb-table.ts";

/**
 * Whether a write's condition did not hold. An item that lacks a map which every readable item has is such a case too,
 * although DynamoDB calls it a mistake of the request.
 */
export function isConditionFailure(error: unknown): boolean {
  const name = nameOf(error);
  if (name === "ValidationException") return /document path/i.test(messageOf(error));
  return name === "ConditionalCheckFailedException";
}

/** The error that callers get for one of the SDK's. */
export function asStoreError(error: unknown, tableName: string): Error {
  const name = nameOf(error);
  if (name === "ValidationException" && /item size|attribute name is too large/i.test(messageOf(error)))
    return new ItemTooLargeError(messageOf(error), { cause: error });
  return new SessionUnavailableError(describe(name, tableName), { cause: error });
}

function describe(name: string, tableName: string): string {
  switch (name) {
    case "ResourceNotFoundException":
      return `there is no DynamoDB table ${tableName}`;
    case "AccessDeniedException":
      return `the function may not use the DynamoDB table ${tableName}`;
    case "TimeoutError":
    case "AbortError":
      return "DynamoDB did not answer in time";
    default:
      return `DynamoDB failed: ${name}`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "Error";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
