/**
 * `JSON.rawJSON` and the context of a reviver (ECMAScript), which TypeScript's library does not declare yet.
 */
interface ExactJSON {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}

const exactJson = JSON as unknown as ExactJSON;

/** Parses JSON as `JSON.parse` does, but returns integers past 2^53 as bigint instead of rounding them. */
export function parseJson(text: string): unknown {
  return hasLongInteger(text) ? exactJson.parse(text, exactInteger) : JSON.parse(text);
}

/**
 * Returns an object that `JSON.stringify` writes exactly: a bigint as an integer, a number past 2^53 or -0 as
 * a float. So both JavaScript and Python read the same type again.
 */
export function unsafeInteger(value: bigint | number): unknown {
  if (typeof value === "bigint") return exactJson.rawJSON(`${value}`);
  return exactJson.rawJSON(Object.is(value, -0) ? "-0.0" : value.toExponential());
}

function exactInteger(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== "number" || source === undefined || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** Number of digits of 2^53. Integers with fewer digits are safe. */
const LONG = 16;

/**
 * Returns whether the text contains 16 digits in a row. It tests only every 16th character, because any such
 * run includes one of them.
 */
function hasLongInteger(text: string): boolean {
  for (let index = LONG - 1; index < text.length; index += LONG) {
    if (isDigit(text, index) && runLength(text, index) >= LONG) return true;
  }
  return false;
}

function runLength(text: string, index: number): number {
  let [start, end] = [index, index + 1];
  while (isDigit(text, start - 1)) start--;
  while (isDigit(text, end)) end++;
  return end - start;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}
