import { isObject } from "./plain-object.ts";

/** `JSON.rawJSON` (ECMAScript), which TypeScript's library does not declare yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Matches 16 digits. It is written out, because V8 takes fifty times as long to search for `\d{16}`. */
const LONG_RUN = /\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d/;

/** Matches a string, whose digits do not count, or an integer of 16 or more digits. */
const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON as `JSON.parse` should. Some versions of V8 read a name that contains an escape, such as
 * `"\u00fc"`, as another one if the process has seen an object with that other name, which any request can
 * contain (https://github.com/nodejs/node/issues/63785; Node 24 before 24.22). The time grows with the length
 * of the text; a reviver would take fifty times as long.
 *
 * @param toInteger converts an integer of 16 or more digits. Default: rounds it, as `JSON.parse` does.
 * @throws SyntaxError if the text is not JSON
 */
export function parseJson(text: string, toInteger: (digits: string) => unknown = Number): unknown {
  const value: unknown = JSON.parse(text);
  if (!text.includes("\\") && !LONG_RUN.test(text)) return value;
  const originals: unknown[] = [];
  // The text without escapes: a mark replaces each string that contains one, or looks like a mark.
  const marked = text.replace(STRING_OR_LONG_INTEGER, (token) => {
    if (/^"(?!~)[^\\]*$/.test(token)) return token;
    return `"~${originals.push(token[0] === '"' ? JSON.parse(token) : toInteger(token)) - 1}"`;
  });
  return originals.length === 0 ? value : restore(JSON.parse(marked), originals);
}

/** Converts digits to a number, or past 2^53, where a number would be rounded, to a bigint. */
export function toExactInteger(digits: string): number | bigint {
  const integer = Number(digits);
  return Number.isSafeInteger(integer) ? integer : BigInt(digits);
}

/**
 * Returns an object that `JSON.stringify` writes exactly: a bigint as an integer, a number past 2^53 or -0 as
 * a float. So both JavaScript and Python read the same type again.
 */
export function unsafeInteger(value: bigint | number): unknown {
  if (typeof value === "bigint") return rawJSON(`${value}`);
  return rawJSON(Object.is(value, -0) ? "-0.0" : value.toExponential());
}

/** Returns the value with the strings and integers that the marks replace. */
function restore<T>(value: T, originals: readonly unknown[]): T;
function restore(value: unknown, originals: readonly unknown[]): unknown {
  if (typeof value === "string") return value[0] === "~" ? originals[Number(value.slice(1))] : value;
  if (Array.isArray(value)) return value.map((item) => restore(item, originals));
  return isObject(value) ? Object.fromEntries(restore(Object.entries(value), originals)) : value;
}
