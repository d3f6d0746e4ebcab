import { parseJson } from "../values/exact-json.ts";

/** Any value of JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** The maximum number of nested arrays and objects, with the outermost one. */
const MOST_LEVELS = 64;

/**
 * Parses an object of I-JSON (RFC 7493): names are not repeated, strings are valid Unicode, numbers are
 * finite. Names that lead to a prototype and deep nesting are rejected too, because code that merges or walks
 * objects may fail on them.
 *
 * @returns the object, or a sentence that says why the text is rejected
 */
export function parseJsonObject(text: string): JsonObject | string {
  const names = countNames(text);
  if (Number.isNaN(names))
    return `The body must not have more than ${MOST_LEVELS} levels of arrays and objects.`;
  let value: JsonValue;
  try {
    value = parseJson(text) as JsonValue;
  } catch {
    return "The body is not valid JSON.";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return "The body must be a JSON object.";
  if (countMembers(value) === names) return value as JsonObject;
  return "The body must not repeat names, name a prototype, or hold lone surrogates or infinite numbers.";
}

/**
 * Counts the names in JSON by the colons outside strings. Returns NaN for deep nesting, so that `JSON.parse`
 * does not spend seconds on it.
 */
function countNames(json: string): number {
  let [names, levels, isInString] = [0, 0, false];
  for (let index = 0; index < json.length; index += 1) {
    const character = json[index];
    if (character === '"') isInString = !isInString;
    else if (isInString) index += character === "\\" ? 1 : 0;
    else if (character === ":") names += 1;
    else if (character === "}" || character === "]") levels -= 1;
    else if (character === "{" || character === "[") levels += 1;
    if (levels > MOST_LEVELS) return Number.NaN;
  }
  return names;
}

/** Counts the members of all objects in a value. Returns NaN if a part of it is rejected. */
function countMembers(value: JsonValue): number {
  if (typeof value === "string") return value.isWellFormed() ? 0 : Number.NaN;
  if (typeof value === "number") return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countMembers(item);
  else for (const name in value) count += countMember(name, (value as JsonObject)[name]);
  return count;
}

function countMember(name: string, value: JsonValue = null): number {
  const isPrototype =
    name === "__proto__" || (name === "constructor" && Object.hasOwn(Object(value), "prototype"));
  return isPrototype || !name.isWellFormed() ? Number.NaN : 1 + countMembers(value);
}
