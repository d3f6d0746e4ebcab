/** A value of an item, as it is sent to DynamoDB. */
export type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly M: Item };

/** An item or a map in one, as it is sent. */
export type Item = Readonly<Record<string, Attribute>>;

/** A value as it came back: it may be of any type, those that are not named here too. */
export interface FoundAttribute {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly BOOL?: boolean | undefined;
  readonly M?: FoundItem | undefined;
}

/** An item or a map in one, as it came back. */
export type FoundItem = Readonly<Record<string, FoundAttribute>>;

/** What marks a thing that has no value. */
export const PRESENT: Attribute = { BOOL: true };

/** @returns the text as a value */
export function textAttribute(text: string): Attribute {
  return { S: text };
}

/** @returns the number as a value; DynamoDB keeps 38 digits */
export function numberAttribute(number: number): Attribute {
  return { N: String(number) };
}

/** @returns the number, or `undefined` where there is none */
export function numberOf(attribute: FoundAttribute | undefined): number | undefined {
  const number = Number(attribute?.N);
  return Number.isFinite(number) ? number : undefined;
}

/** Whether everything is there that was read from an item. */
export function isComplete<T extends object>(
  parts: T,
): parts is { [K in keyof T]: Exclude<T[K], undefined> } & T {
  return !Object.values(parts).includes(undefined);
}
