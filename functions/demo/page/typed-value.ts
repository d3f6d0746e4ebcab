import { isHttpDate, type SessionValue } from "lambda-sessions";

/** Types that a visitor can choose for a value. */
export const VALUE_TYPES = ["text", "number", "date", "list"] as const;

/** Type that a visitor can choose for a value. */
export type ValueType = (typeof VALUE_TYPES)[number];

/** Returns whether a string is one of the types. */
export function isValueType(type: string): type is ValueType {
  return (VALUE_TYPES as readonly string[]).includes(type);
}

/**
 * Converts the visitor's input to a value of a type, or returns `undefined` if it is not valid. Line breaks
 * are normalized, because browsers submit CR LF.
 */
export function parseValue(type: ValueType, typed: string): SessionValue | undefined {
  return PARSERS[type](typed.replaceAll("\r\n", "\n"));
}

const PARSERS = {
  text: (typed) => typed,
  number: (typed) => parseNumber(typed.trim()),
  date: (typed) => parseDate(typed.trim()),
  list: (typed) => typed.split("\n").filter((line) => line.trim() !== ""),
} as const satisfies Record<ValueType, (typed: string) => SessionValue | undefined>;

/** Parses a number. An integer beyond the safe range becomes a bigint. */
function parseNumber(typed: string): number | bigint | undefined {
  if (!/^[+-]?\d{1,400}(\.\d+)?(e[+-]?\d{1,3})?$/i.test(typed)) return undefined;
  const number = Number(typed);
  if (/^[+-]?\d+$/.test(typed) && !Number.isSafeInteger(number)) return BigInt(typed.replace("+", ""));
  return Number.isFinite(number) ? number : undefined;
}

const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?$/;

/** Parses a date, with an optional time in UTC. Rejects dates such as the 30th of February. */
function parseDate(typed: string): Date | undefined {
  const [text, day] = DATE.exec(typed) ?? [];
  if (text === undefined || day === undefined) return undefined;
  const date = new Date(text === day ? day : `${text.replace(" ", "T")}Z`);
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  return isReal && isHttpDate(date) ? date : undefined;
}
