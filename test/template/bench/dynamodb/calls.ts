/** The table in which all contestants keep their sessions: connect-dynamodb's own default. */
export const TABLE_NAME = "sessions";

/** A call that DynamoDB received. */
export interface CountedCall {
  /** The name of the operation, such as `UpdateItem`. */
  readonly operation: string;
  /** The request in DynamoDB's JSON. */
  readonly input: object;
  /** The read or write request units that it consumed. */
  readonly units: number;
  /** The items that a read returned. */
  readonly items: readonly Item[];
}

/** An item in DynamoDB's JSON. */
export type Item = Readonly<Record<string, Attribute>>;

interface Attribute {
  readonly S?: string;
  readonly N?: string;
  readonly M?: Item;
  readonly BOOL?: boolean;
}

/** Returns the items of a response to GetItem or BatchGetItem. */
export function itemsOf(answer: {
  Item?: Item;
  Responses?: Readonly<Record<string, readonly Item[]>>;
}): Item[] {
  return [answer.Item ?? [], answer.Responses?.[TABLE_NAME] ?? []].flat();
}

/** Returns whether a call consumes read request units; otherwise it consumes write request units. */
export function isRead({ operation }: CountedCall): boolean {
  return operation.endsWith("GetItem");
}

/**
 * Returns the size of an item in bytes by DynamoDB's rules.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  const sizes = Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + attributeBytes(value));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function attributeBytes({ S, N, M }: Attribute): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.replace(/^-?0*|\D|0+$/g, "").length / 2) + 1;
  return M === undefined ? 1 : 3 + Object.keys(M).length + itemBytes(M);
}
