/** Object as JSON.parse returns it. Any string is an own key, including `__proto__`. */
export type PlainObject = Record<string, unknown>;

/** Returns whether a value is an object of any class. Null is none. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Returns whether the object is an array, but no instance of a subclass. In each realm (`node:vm`, a test's
 * environment) `Array.prototype` is an array, and the prototype of no subclass is one.
 */
export function isPlainArray(value: object): value is unknown[] {
  return Array.isArray(value) && Array.isArray(Object.getPrototypeOf(value));
}

/** Returns whether the object is an object literal, of this or another realm, or has no prototype. */
export function isPlainObject(value: object): value is PlainObject {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Sets a key as a Map would: `__proto__` is an ordinary key. */
export function assign(object: PlainObject, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
