import type { FoundItem, Item } from "./dynamodb-attribute.ts";
import type { WriteExpression } from "./dynamodb-expression.ts";

/**
 * Result of a write: done, with the requested attributes; or not done because its condition failed, with the
 * existing item.
 */
export type WriteResult =
  | { readonly done: true; readonly returned?: FoundItem | undefined }
  | { readonly done: false; readonly there: FoundItem | undefined };

/**
 * Reads and writes items by their key `pk`. All reads are strongly consistent. It does not interpret the
 * items.
 *
 * @throws SessionUnavailableError if DynamoDB fails; ItemTooLargeError if the item would be too large
 */
export interface Table {
  get(pk: string): Promise<FoundItem | undefined>;

  /** Reads two items in one call. */
  getBoth(pks: readonly [string, string]): Promise<[FoundItem | undefined, FoundItem | undefined]>;

  /** Writes or replaces an item if the condition passes. */
  put(pk: string, item: Item, condition: WriteExpression): Promise<WriteResult>;

  /**
   * Updates an item.
   *
   * @param returned `new`: the updated attributes with their new values; `old`: the whole item before the
   *   update
   */
  update(pk: string, write: WriteExpression, returned?: "new" | "old"): Promise<WriteResult>;
}

/** Reports that DynamoDB refused a write because its item would be too large. */
export class ItemTooLargeError extends Error {
  override readonly name = "ItemTooLargeError";
}
