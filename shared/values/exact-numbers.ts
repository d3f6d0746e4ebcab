/** JSON that is written as it stands (ECMAScript, `JSON.rawJSON`). TypeScript's library does not know it yet. */
interface ExactJSON {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}

const exactJson = JSON as unknown as ExactJSON;

/** `JSON.parse` that gives integers past 2^53 as bigint instead of rounding them. */
export function parseJson(text: string): unknown {
  return hasLongInteger(text) ? exactJson.parse(text, exactInteger) : JSON.parse(text);
}

/**
 * What `JSON.stringify` writes digit for digit: a bigint as an integer; a number past 2^53 and -0 as a float, so
 * that they are read as numbers again, here and in Python.
 */
export function unsafeInteger(value: bigint | number): unknown {
  if (typeof value === "bigint") return exactJson.rawJSON(`${value}`);
  return exactJson.rawJSON(Object.is(value, -0) ? "-0.0" : value.toExponential());
}

function exactInteger(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== "number" || source === undefined || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** The number of digits that 2^53 has: fewer are safe. */
const LONG = 16;

/** Whether the text has 16 digits in a row. It looks at every 16th character only: the run must cover one. */
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
