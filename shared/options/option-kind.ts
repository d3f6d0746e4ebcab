/** Duration or time that never ends. */
export const NEVER = Number.POSITIVE_INFINITY;

/** Describes and checks the values that an option allows. */
export interface OptionKind<T> {
  /** Description of the values that completes the sentence "must be …". */
  readonly allowed: string;
  /** Returns whether a value is allowed. */
  includes(value: unknown): value is T;
}

/** Type of the values of a kind. */
export type ValueOf<Kind> = Kind extends OptionKind<infer Value> ? Value : never;

/** Allows true and false. */
export const boolean: OptionKind<boolean> = {
  allowed: "true or false",
  includes: (value): value is boolean => typeof value === "boolean",
};

/** Allows strings that match a pattern, which `allowed` describes. */
export function string(form: RegExp, allowed: string): OptionKind<string> {
  return { allowed, includes: (value): value is string => typeof value === "string" && form.test(value) };
}

/** Allows every string except the empty one. */
export const nonEmptyString: OptionKind<string> = string(/./s, "a non-empty string");

/** Allows the given strings or numbers. */
export function oneOf<const T extends string | number>(values: readonly T[]): OptionKind<T> {
  return {
    allowed: `one of ${values.join(", ")}`,
    includes: (value): value is T => values.includes(value as T),
  };
}

/** Allows the integers from `least` to `most`; `unit` names what they count, such as "seconds". */
export function integer(least: number, most: number, unit?: string): OptionKind<number> {
  return {
    allowed: `an integer ${unit ? `number of ${unit} ` : ""}from ${least} to ${most}`,
    includes: (value): value is number =>
      Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  };
}

/** Allows objects. The code that reads the object checks its members. */
export function object<T extends object>(): OptionKind<T> {
  return {
    allowed: "an object",
    includes: (value): value is T => typeof value === "object" && value !== null,
  };
}

/** Returns whether a value is a non-empty string without lone surrogates. */
export function isNonEmptyString(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.isWellFormed();
}
