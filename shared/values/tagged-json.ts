import { parseJson, unsafeInteger } from "./exact-numbers.ts";
import { isPlainArray, isPlainObject, type PlainObject } from "./plain-object.ts";
import { FLASK_TAGS, TAGGED_OBJECT, type Tag } from "./tags.ts";
import { UnstorableValueError } from "./unstorable-value-error.ts";

/** Options of `register`. */
export interface RegisterOptions {
  /** Replaces a tag with the same key. Default: false. */
  readonly force?: boolean;
}

/**
 * Reads and writes JSON with more types than JSON has (Flask, `TaggedJSONSerializer`): tuples, bytes, Markup,
 * UUIDs, dates, integers past 2^53, and objects that look like a tag. `register` adds classes of the
 * application.
 */
export class TaggedJSON {
  readonly #tags = new Map<string, Tag>();

  constructor() {
    for (const tag of FLASK_TAGS) this.register(tag);
  }

  /**
   * Registers a type. Types that are registered later are checked first, so a subclass may follow its base
   * class.
   *
   * @throws TypeError if the key is taken, does not begin with a space, or ends with two underscores
   */
  register<T>(tag: Tag<T>, { force = false }: RegisterOptions = {}): void {
    if (!tag.key.startsWith(" ")) throw new TypeError(`tag "${tag.key}": the key must begin with a space`);
    if (tag.key.endsWith("__"))
      throw new TypeError(
        `tag "${tag.key}": the key must not end with "__", which marks an object that looks like a tag`,
      );
    if (tag.key === TAGGED_OBJECT || (this.#tags.has(tag.key) && !force))
      throw new TypeError(
        `tag "${tag.key}": the key is taken; choose another one, or pass force to replace the tag`,
      );
    this.#tags.set(tag.key, tag as Tag);
  }

  /**
   * Returns the value as JSON.
   *
   * @param name the name of the value in errors
   * @throws UnstorableValueError that names the path of the value that cannot be stored
   */
  dumps(value: unknown, name = ""): string {
    return JSON.stringify(this.#isPlain(value, 0) ? value : this.#tag(value, { name, depth: 0 }));
  }

  /**
   * Throws if the value cannot be stored. It is stricter than `dumps`, which ignores named properties of
   * arrays and symbols as keys in otherwise plain data.
   */
  check(value: unknown, name: string): void {
    if (isObject(value) || !this.#isPlain(value, 1)) this.#tag(value, { name, depth: 1 });
  }

  /**
   * Parses JSON that `dumps` or Flask wrote. Throws if the text is not JSON or a tag cannot convert its
   * content.
   */
  loads(text: string): unknown {
    const value = parseJson(text);
    return text.includes('{" ') ? this.#untag(value) : value;
  }

  /**
   * Returns whether plain JSON represents the value. It makes the common case fast, and returns false in
   * doubt.
   */
  #isPlain(value: unknown, depth: number): boolean {
    if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
    if (typeof value === "number") return isPlainNumber(value);
    if (typeof value !== "object" || depth === DEEPEST) return false;
    return isPlainArray(value)
      ? this.#isPlainItems(value, depth)
      : isPlainObject(value) && this.#isPlainEntries(value, depth);
  }

  /** Uses a loop, because `every` skips the holes of a sparse array. */
  #isPlainItems(value: unknown[], depth: number): boolean {
    for (const item of value) if (!this.#isPlain(item, depth + 1)) return false;
    return true;
  }

  /**
   * Uses `for in`, which is faster than `Object.keys`. It lists inherited keys last, so checking the last key
   * suffices.
   */
  #isPlainEntries(value: PlainObject, depth: number): boolean {
    let [count, last] = [0, ""];
    for (const key in value) {
      if (!this.#isPlain(value[key], depth + 1)) return false;
      count++;
      last = key;
    }
    return count === 0 || (Object.hasOwn(value, last) && (count > 1 || !this.#isTagKey(last)));
  }

  #isTagKey(key: string): boolean {
    return key === TAGGED_OBJECT || this.#tags.has(key);
  }

  #tag(value: unknown, trail: Trail): unknown {
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (typeof value === "number" && Number.isFinite(value))
      return isPlainNumber(value) ? value : unsafeInteger(value);
    if (typeof value === "bigint" && !isSafe(value)) return unsafeInteger(value);
    if (typeof value !== "object") return refuse(trail, describeProblem(value));
    return this.#tagObject(value, enter(trail, value));
  }

  #tagObject(value: object, trail: Trail): unknown {
    if (isPlainArray(value)) return this.#tagArray(value, trail);
    if (isPlainObject(value)) return this.#tagPlainObject(value, trail);
    const tag = [...this.#tags.values()].findLast((candidate) => candidate.check(value));
    if (tag === undefined)
      return refuse(
        trail,
        `${classNameOf(value)} is not a registered type; convert it, or register a tag for it`,
      );
    return { [tag.key]: this.#tag(convert(tag, value, trail), { parent: trail, depth: trail.depth }) };
  }

  #tagArray(value: unknown[], trail: Trail): unknown {
    const items = Array.from(value, (item, index) => this.#tag(item, at(trail, index)));
    if (Object.keys(value).length > items.length)
      refuse(trail, "an array must not have named properties; use an object");
    return items;
  }

  #tagPlainObject(value: PlainObject, trail: Trail): unknown {
    if (Object.getOwnPropertySymbols(value).length > 0)
      refuse(trail, "an object must not have symbols as keys; use strings");
    const entries = Object.keys(value).map((key) => [key, this.#tag(value[key], at(trail, key))] as const);
    const [only] = entries;
    if (entries.length !== 1 || only === undefined || !this.#isTagKey(only[0]))
      return Object.fromEntries(entries);
    return { [TAGGED_OBJECT]: { [`${only[0]}__`]: only[1] } };
  }

  /** Converts tags in place, innermost first. Assigning to an own `__proto__` is safe. */
  #untag(value: unknown): unknown {
    if (!isObject(value)) return value;
    const keys = Object.keys(value);
    const object = value as PlainObject;
    for (const key of keys) object[key] = this.#untag(object[key]);
    const [key] = keys;
    if (keys.length !== 1 || key === undefined || Array.isArray(value)) return value;
    if (key === TAGGED_OBJECT) return untagObject(object[key]);
    const tag = this.#tags.get(key);
    return tag === undefined ? value : tag.fromJSON(object[key] as never);
  }
}

/** Position in the value, from which errors derive the path and cycles are found. */
interface Trail {
  /** Absent for the result of a tag's `toJSON`. */
  readonly name?: string | number;
  readonly parent?: Trail;
  readonly value?: object;
  readonly depth: number;
}

/** Maximum depth. Flask cannot write that deep, and the call stack ends much later. */
const DEEPEST = 500;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPlainNumber(value: number): boolean {
  return Number.isInteger(value)
    ? Number.isSafeInteger(value) && !Object.is(value, -0)
    : Number.isFinite(value);
}

function isSafe(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}

function untagObject(value: unknown): PlainObject {
  if (!isObject(value) || !isPlainObject(value)) throw new TypeError("the tag must contain an object");
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.slice(0, -2), item]));
}

function convert(tag: Tag, value: object, trail: Trail): unknown {
  try {
    return tag.toJSON(value as never);
  } catch (error) {
    return refuse(trail, (error as Error).message);
  }
}

function at(trail: Trail, name: string | number): Trail {
  return { name, parent: trail, depth: trail.depth };
}

function enter(trail: Trail, value: object): Trail {
  if (trail.depth === DEEPEST) refuse(trail, `it is nested deeper than ${DEEPEST} levels`);
  for (let above = trail.parent; above !== undefined; above = above.parent)
    if (above.value === value) refuse(trail, "it contains itself; remove the cycle");
  return { ...trail, value, depth: trail.depth + 1 };
}

function refuse(trail: Trail, problem: string): never {
  throw new UnstorableValueError(formatPath(trail), problem);
}

function formatPath({ name, parent }: Trail): string {
  if (parent === undefined) return `${name}`;
  const path = formatPath(parent);
  if (name === undefined) return path;
  if (typeof name === "number") return `${path}[${name}]`;
  if (!/^[\w$]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

function describeProblem(value: unknown): string {
  if (typeof value === "bigint")
    return "this bigint fits a number and would be read as one; store Number(value)";
  if (typeof value === "number") return `${value} is not a JSON number; store null or a string`;
  return value === undefined
    ? "undefined is not a value; delete the key or store null"
    : `a ${typeof value} cannot be written as JSON; store data only`;
}

function classNameOf(value: object): string {
  return Object.getPrototypeOf(value)?.constructor?.name ?? "an object";
}
