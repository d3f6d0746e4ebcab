/** Object as JSON.parse returns it. Any string is an own key, including `__proto__`. */
export type PlainObject = Record<string, unknown>;

/** Returns whether the object is an array, but no instance of a subclass. */
export function isPlainArray(value: object): value is unknown[] {
  return Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype;
}

/** Returns whether the object is an object literal or has no prototype. */
export function isPlainObject(value: object): value is PlainObject {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Sets a key as a Map would: `__proto__` is an ordinary key. */
export function assign(object: PlainObject, key: string, value: unknown): void {
  if (key === "__proto__") define(object, key, value);
  else object[key] = value;
}

function define(object: PlainObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
