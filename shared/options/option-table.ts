import { OptionError } from "./option-error.ts";
import type { OptionKind, ValueOf } from "./option-kind.ts";

/**
 * Declares options by name, each exactly once, with its kind and its default. The meaning of an option is its
 * doc comment, because editors show it wherever the option is written and no bundle contains it.
 */
export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

/** Declaration of one option. */
export interface OptionDeclaration<Value = unknown, Default = unknown> {
  readonly kind: OptionKind<Value>;
  /** Value of an option that is not given; undefined if the option has no default. */
  readonly default: Default;
}

/** Declares an option with its default. */
export function option<Value, const Default extends Value>(
  kind: OptionKind<Value>,
  value: Default,
): OptionDeclaration<Value, Default>;
/** Declares an option without a default. */
export function option<Value>(kind: OptionKind<Value>): OptionDeclaration<Value, undefined>;
export function option(kind: OptionKind<unknown>, value?: unknown): OptionDeclaration {
  return { kind, default: value };
}

/** Options of a table as callers pass them: all are optional. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name]["kind"]>;
};

/** Defaults of a table. */
export type DefaultsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table as Table[Name]["default"] extends undefined
    ? never
    : Name]: Table[Name]["default"];
};

/** Returns the defaults of the options that have one. */
export function defaultsOf<Table extends OptionTable>(table: Table): DefaultsOf<Table> {
  const defaults = Object.entries(table).map(([name, option]) => [name, option.default]);
  return Object.fromEntries(defaults.filter(([, value]) => value !== undefined));
}

/**
 * Checks every given option.
 *
 * @param prefix precedes the names in errors, such as `cookie.`
 * @throws OptionError for the first option that is wrong or unknown
 */
export function checkOptions(options: object, table: OptionTable, prefix = ""): void {
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(table, name) && table[name]?.kind;
    if (!kind) throw new OptionError(prefix + name, "is not a setting; remove it or correct its name");
    if (!kind.includes(value)) throw new OptionError(prefix + name, `must be ${kind.allowed}`);
  }
}
