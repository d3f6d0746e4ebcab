import { OptionError } from "./option-error.ts";
import type { OptionKind, ValueOf } from "./option-kind.ts";

/**
 * The one declaration of some options, by their names: the kind and the default of each. The meaning of an
 * option is its doc comment: editors show it wherever the option is written, and no bundle holds it.
 */
export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

/** The declaration of one option. */
export interface OptionDeclaration<Value = unknown, Default = unknown> {
  readonly kind: OptionKind<Value>;
  /** The value of the option when it is not given; undefined if it has none then. */
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

/** The options of a table as they are given: all of them are optional. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name]["kind"]>;
};

/** The defaults of a table. */
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
 * Checks every option that is given.
 *
 * @param prefix precedes the names in errors, such as `cookie.`
 * @throws OptionError for the first that is wrong or unknown
 */
export function checkOptions(options: object, table: OptionTable, prefix = ""): void {
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(table, name) && table[name]?.kind;
    if (!kind) throw new OptionError(prefix + name, "there is no such setting");
    if (!kind.includes(value)) throw new OptionError(prefix + name, `must be ${kind.allowed}`);
  }
}
