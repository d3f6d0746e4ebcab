import type { FoundItem, Item } from "./dynamodb-attribute.ts";
import type { WriteExpression } from "./dynamodb-expression.ts";

/**
 * What came of a write: done, with what was asked to be returned; or not done, because its condition did not hold,
 * with the item that is there.
 */
export type WriteResult =
  | { readonly done: true; readonly returned?: FoundItem | undefined }
  | { readonly done: false; readonly there: FoundItem | undefined };

/**
 * The table, as far as sessions use it: items by their key `pk`, all reads strongly consistent. It does not know what
 * is in the items.
 *
 * @throws SessionUnavailableError when DynamoDB fails; ItemTooLargeError when the item would be too large
 */
export interface Table {
  get(pk: string): Promise<FoundItem | undefined>;

  /** Two items in one call. */
  getBoth(pks: readonly [string, string]): Promise<[FoundItem | undefined, FoundItem | undefined]>;

  /** Puts an item in the place of what is there, if the condition holds. */
  put(pk: string, item: Item, condition: WriteExpression): Promise<WriteResult>;

  /** @param returned `new`: what was updated, as it is now; `old`: the whole item as it was before */
  update(pk: string, write: WriteExpression, returned?: "new" | "old"): Promise<WriteResult>;
}

/** DynamoDB refused a write because its item would be too large. */
export class ItemTooLargeError extends Error {
  override readonly name = "ItemTooLargeError";
}
