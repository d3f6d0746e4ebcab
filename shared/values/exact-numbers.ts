import { isObject, type PlainObject } from "./plain-object.ts";

/** `JSON.rawJSON` (ECMAScript), which TypeScript's library does not declare yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Parses JSON as `JSON.parse` does, but returns integers past 2^53 as bigint instead of rounding them. Its
 * time grows with the length of the text; a reviver would take fifty times as long.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!hasLongRun(text)) return value;
  const quoted = quoteLongIntegers(text);
  return quoted === text ? value : restoreIntegers(value, JSON.parse(quoted));
}

/**
 * Returns an object that `JSON.stringify` writes exactly: a bigint as an integer, a number past 2^53 or -0 as
 * a float. So both JavaScript and Python read the same type again.
 */
export function unsafeInteger(value: bigint | number): unknown {
  if (typeof value === "bigint") return rawJSON(`${value}`);
  return rawJSON(Object.is(value, -0) ? "-0.0" : value.toExponential());
}

/** Number of digits of 2^53. Integers with fewer digits are safe. */
const LONG = 16;

/**
 * Returns whether the text contains 16 digits in a row. It tests only every 16th character, because any such
 * run includes one of them.
 */
function hasLongRun(text: string): boolean {
  for (let index = LONG - 1; index < text.length; index += LONG) {
    let [start, end] = [index, index];
    while (isDigit(text, start - 1)) start--;
    while (isDigit(text, end)) end++;
    if (end - start >= LONG) return true;
  }
  return false;
}

/** Matches a string, whose digits do not count, or an integer of 16 or more digits. */
const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Returns valid JSON with quotes around its integers of 16 or more digits. */
function quoteLongIntegers(text: string): string {
  return text.replace(STRING_OR_LONG_INTEGER, (match) => (match[0] === '"' ? match : `"${match}"`));
}

/**
 * Returns the value with its exact integers, which are numbers there and strings in the same place of
 * `quoted`. It changes arrays and objects in place. Assigning to an own `__proto__` is safe.
 */
function restoreIntegers(value: unknown, quoted: unknown): unknown {
  if (typeof value === "number" && typeof quoted === "string" && !Number.isSafeInteger(value))
    return BigInt(quoted);
  if (!isObject(value)) return value;
  const [to, from] = [value as PlainObject, quoted as PlainObject];
  for (const key of Object.keys(to)) to[key] = restoreIntegers(to[key], from[key]);
  return to;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}
