import { SessionUnavailableError } from "../../session/session-errors.ts";
import { ItemTooLargeError } from "./dynamodb-table.ts";

/**
 * Returns whether a write failed because of its condition. DynamoDB reports a ValidationException if an item
 * lacks a map that every readable item has; that counts as a failed condition too.
 */
export function isConditionFailure(error: unknown): boolean {
  const name = nameOf(error);
  if (name === "ValidationException") return /document path/i.test(messageOf(error));
  return name === "ConditionalCheckFailedException";
}

/** Converts an error of the SDK to the error that callers of the store receive. */
export function toStoreError(error: unknown, tableName: string): Error {
  const name = nameOf(error);
  if (name === "ValidationException" && /item size|attribute name is too large/i.test(messageOf(error)))
    return new ItemTooLargeError(messageOf(error), { cause: error });
  return new SessionUnavailableError(describeFailure(name, tableName), { cause: error });
}

function describeFailure(name: string, tableName: string): string {
  switch (name) {
    case "ResourceNotFoundException":
      return `there is no DynamoDB table ${tableName}; check the table's name and region`;
    case "AccessDeniedException":
      return `access to the DynamoDB table ${tableName} was denied; grant it to the function's role`;
    case "TimeoutError":
    case "AbortError":
      return "DynamoDB did not respond in time; try again";
    default:
      return `DynamoDB failed: ${name}; see the cause`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "Error";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
