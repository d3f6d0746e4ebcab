/** A dictionary as JSON makes it. Its keys may be anything, `__proto__` too, and are always its own. */
export type Dictionary = Record<string, unknown>;

/** Whether a value is an array and of no class of its own. */
export function isList(value: object): value is unknown[] {
  return Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype;
}

/** Whether a value is an object literal, or has no prototype at all. */
export function isDictionary(value: object): value is Dictionary {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Assigns as for a Map: `__proto__` is a key like any other. */
export function assign(dictionary: Dictionary, key: string, value: unknown): void {
  if (key === "__proto__") define(dictionary, key, value);
  else dictionary[key] = value;
}

function define(dictionary: Dictionary, key: string, value: unknown): void {
  Object.defineProperty(dictionary, key, { value, writable: true, enumerable: true, configurable: true });
}
