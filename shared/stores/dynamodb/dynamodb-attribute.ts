/** Attribute value that is sent to DynamoDB. */
export type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly M: Item };

/** Item, or map in an item, that is sent to DynamoDB. */
export type Item = Readonly<Record<string, Attribute>>;

/** Attribute value that DynamoDB returned. It may be of any type, including types that are not named here. */
export interface FoundAttribute {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly BOOL?: boolean | undefined;
  readonly M?: FoundItem | undefined;
}

/** Item, or map in an item, that DynamoDB returned. */
export type FoundItem = Readonly<Record<string, FoundAttribute>>;

/** Attribute value that only shows that the attribute exists. */
export const PRESENT: Attribute = { BOOL: true };

/** Returns a string as an attribute value. */
export function toStringAttribute(text: string): Attribute {
  return { S: text };
}

/** Returns a number as an attribute value. DynamoDB keeps 38 digits. */
export function toNumberAttribute(number: number): Attribute {
  return { N: String(number) };
}

/** Returns the number in an attribute value, or `undefined` if it contains none. */
export function parseNumber(attribute: FoundAttribute | undefined): number | undefined {
  const number = Number(attribute?.N);
  return Number.isFinite(number) ? number : undefined;
}

/** Returns whether all properties are defined. */
export function isComplete<T extends object>(
  parts: T,
): parts is { [K in keyof T]: Exclude<T[K], undefined> } & T {
  return !Object.values(parts).includes(undefined);
}
