import { parseJson, toExactInteger, unsafeInteger } from "./exact-json.ts";
import { isObject, isPlainArray, isPlainObject, type PlainObject } from "./plain-object.ts";
import { FLASK_TAGS, TAGGED_OBJECT, type Tag } from "./tags.ts";
import { at, enter, MOST_LEVELS, refuse, type Trail } from "./trail.ts";

/** Options of `register`. */
export interface RegisterOptions {
  /** Replaces a tag with the same key. Default: false. */
  readonly force?: boolean;
  /**
   * Position in the order in which types are checked; 0 is the first. Default: the last, as in Flask. A type
   * that includes another one, such as a base class, belongs after it.
   */
  readonly index?: number;
}

/**
 * Reads and writes JSON with more types than JSON has (Flask, `TaggedJSONSerializer`): tuples, bytes, Markup,
 * UUIDs, dates, integers past 2^53, and objects that look like a tag. `register` adds classes of the
 * application.
 */
export class TaggedJSON {
  #tags = new Map<string, Tag>();

  constructor() {
    for (const tag of FLASK_TAGS) this.register(tag);
  }

  /**
   * Registers a type. The first type whose `check` returns true stores a value, so a subclass of a registered
   * type, or of one of Flask's, needs `{ index: 0 }`.
   *
   * @throws TypeError if the key is taken, does not begin with a space, or ends with two underscores
   */
  register<T>(tag: Tag<T>, { force = false, index }: RegisterOptions = {}): void {
    if (!tag.key.startsWith(" ")) refuseTag(tag, "must begin with a space");
    if (tag.key.endsWith("__")) refuseTag(tag, 'must not end with "__"');
    if (tag.key === TAGGED_OBJECT || (this.#tags.has(tag.key) && !force))
      refuseTag(tag, "is taken; choose another one, or pass force to replace the tag");
    this.#tags.set(tag.key, tag as Tag);
    if (index === undefined) return;
    const others = [...this.#tags].filter(([key]) => key !== tag.key);
    this.#tags = new Map(others.toSpliced(index, 0, [tag.key, tag as Tag]));
  }

  /**
   * Returns the value as JSON.
   *
   * @param name the name of the value in errors
   * @throws UnstorableValueError that names the path of the value that cannot be stored
   */
  dumps(value: unknown, name = ""): string {
    return JSON.stringify(
      this.#isPlain(value, 0) ? value : this.#tag(value, { name, levels: WRITTEN_LEVELS }),
    );
  }

  /**
   * Throws if the value cannot be stored under a key. It is stricter than `dumps`, which ignores named
   * properties of arrays and symbols as keys in otherwise plain data, and writes deeper values.
   */
  check(value: unknown, name: string): void {
    const isObject = typeof value === "object" && value;
    if (isObject || !this.#isPlain(value, 0)) this.#tag(value, { name, levels: MOST_LEVELS - 1 });
  }

  /**
   * Parses JSON that `dumps` or Flask wrote. Throws if the text is not JSON or a tag cannot convert its
   * content.
   */
  loads(text: string): unknown {
    const value = parseJson(text, toExactInteger);
    return text.includes('{" ') ? this.#untag(value) : value;
  }

  /**
   * Returns whether plain JSON represents the value. It makes the common case fast, and returns false in
   * doubt.
   */
  #isPlain(value: unknown, depth: number): boolean {
    if (isScalar(value)) return true;
    if (typeof value === "number") return isPlainNumber(value);
    if (typeof value !== "object" || depth === WRITTEN_LEVELS) return false;
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
    if (isScalar(value)) return value;
    if (typeof value === "number" && Number.isFinite(value))
      return isPlainNumber(value) ? value : unsafeInteger(value);
    if (typeof value === "bigint" && !isSafe(value) && isReadByPython(value)) return unsafeInteger(value);
    if (typeof value !== "object") return refuse(trail, describeProblem(value));
    return this.#tagObject(value, enter(trail, value));
  }

  #tagObject(value: object, trail: Trail): unknown {
    if (isPlainArray(value)) return this.#tagArray(value, trail);
    if (isPlainObject(value)) return this.#tagPlainObject(value, trail);
    const tag = [...this.#tags.values()].find((candidate) => candidate.check(value));
    if (tag === undefined)
      return refuse(
        trail,
        `${classNameOf(value)} is not a registered type; convert it, or register a tag for it`,
      );
    return { [tag.key]: this.#tag(convert(tag, value, trail), { parent: trail, levels: trail.levels }) };
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

/** The levels of a value that is written, which Flask may have set. The call stack ends much later. */
const WRITTEN_LEVELS = 500;

/** The maximum number of digits of an integer that Python reads (`sys.set_int_max_str_digits`). */
const MOST_DIGITS = 4300;

function refuseTag({ key }: Pick<Tag, "key">, problem: string): never {
  throw new TypeError(`tag "${key}": the key ${problem}`);
}

function isScalar(value: unknown): value is string | boolean | null {
  return typeof value === "string" || typeof value === "boolean" || value === null;
}

function isPlainNumber(value: number): boolean {
  return Number.isInteger(value)
    ? Number.isSafeInteger(value) && !Object.is(value, -0)
    : Number.isFinite(value);
}

function isSafe(value: bigint): boolean {
  return Number.isSafeInteger(Number(value));
}

function isReadByPython(value: bigint): boolean {
  return `${value}`.replace("-", "").length <= MOST_DIGITS;
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

function describeProblem(value: unknown): string {
  if (typeof value === "bigint" && !isSafe(value))
    return `an integer of more than ${MOST_DIGITS} digits is not read by Python; store a string`;
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
