import { parseJson, unsafeInteger } from "./exact-numbers.ts";
import { type Dictionary, isDictionary, isList } from "./plain-object.ts";
import { FLASK_TAGS, TAGGED_DICTIONARY, type Tag } from "./tags.ts";
import { UnstorableValueError } from "./unstorable-value-error.ts";

/** What `register` accepts beside the tag. */
export interface RegisterOptions {
  /** Whether the tag may take the place of one with the same key. Default: false. */
  readonly force?: boolean;
}

/**
 * JSON that keeps more types than JSON has (Flask, `TaggedJSONSerializer`): tuples, bytes, Markup, UUIDs, dates,
 * integers past 2^53, and dictionaries that look like a tag. Own classes are added with `register`.
 */
export class TaggedJSON {
  readonly #tags = new Map<string, Tag>();

  constructor() {
    for (const tag of FLASK_TAGS) this.register(tag);
  }

  /**
   * Adds a type. Types registered later are asked first, so a subclass may follow its base.
   *
   * @throws TypeError for a key that is taken, does not begin with a space, or ends with two underscores
   */
  register<T>(tag: Tag<T>, { force = false }: RegisterOptions = {}): void {
    if (!tag.key.startsWith(" ")) throw new TypeError(`tag "${tag.key}": the key must begin with a space`);
    if (tag.key.endsWith("__"))
      throw new TypeError(`tag "${tag.key}": "__" marks a dictionary that looks like a tag`);
    if (tag.key === TAGGED_DICTIONARY || (this.#tags.has(tag.key) && !force))
      throw new TypeError(`tag "${tag.key}": the key is taken`);
    this.#tags.set(tag.key, tag as Tag);
  }

  /**
   * The value as text.
   *
   * @param name how an error calls the value
   * @throws UnstorableValueError that names the path to what cannot be stored
   */
  dumps(value: unknown, name = ""): string {
    return JSON.stringify(this.#isPlain(value, 0) ? value : this.#tag(value, { name, depth: 0 }));
  }

  /**
   * Throws like `dumps`, but writes nothing. It is thorough: of a list with named items, or a key that is a symbol,
   * `dumps` would drop something in silence where all else is plain.
   */
  check(value: unknown, name: string): void {
    if (isObject(value) || !this.#isPlain(value, 1)) this.#tag(value, { name, depth: 1 });
  }

  /** The value again. Throws when the text is not JSON, or a tag cannot read what stands under its key. */
  loads(text: string): unknown {
    const value = parseJson(text);
    return text.includes('{" ') ? this.#untag(value) : value;
  }

  /** Whether JSON alone tells the value. It is what makes the common case quick; a doubt counts as no. */
  #isPlain(value: unknown, depth: number): boolean {
    if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
    if (typeof value === "number") return isPlainNumber(value);
    if (typeof value !== "object" || depth === DEEPEST) return false;
    return isList(value)
      ? this.#isPlainList(value, depth)
      : isDictionary(value) && this.#isPlainDictionary(value, depth);
  }

  /** Unlike `every`, the loop sees the holes of a sparse array. */
  #isPlainList(value: unknown[], depth: number): boolean {
    for (const item of value) if (!this.#isPlain(item, depth + 1)) return false;
    return true;
  }

  /** `for in` is quicker than a list of keys; it tells a prototype's after its own, and then the answer is no. */
  #isPlainDictionary(value: Dictionary, depth: number): boolean {
    let [count, last] = [0, ""];
    for (const key in value) {
      if (!this.#isPlain(value[key], depth + 1)) return false;
      count++;
      last = key;
    }
    return count === 0 || (Object.hasOwn(value, last) && (count > 1 || !this.#isTagKey(last)));
  }

  #isTagKey(key: string): boolean {
    return key === TAGGED_DICTIONARY || this.#tags.has(key);
  }

  #tag(value: unknown, trail: Trail): unknown {
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (typeof value === "number" && Number.isFinite(value))
      return isPlainNumber(value) ? value : unsafeInteger(value);
    if (typeof value === "bigint" && !isSafe(value)) return unsafeInteger(value);
    if (typeof value !== "object") return refuse(trail, problemWith(value));
    return this.#tagObject(value, enter(trail, value));
  }

  #tagObject(value: object, trail: Trail): unknown {
    if (isList(value)) return this.#tagList(value, trail);
    if (isDictionary(value)) return this.#tagDictionary(value, trail);
    const tag = [...this.#tags.values()].findLast((candidate) => candidate.check(value));
    if (tag === undefined) return refuse(trail, `${className(value)} is of no registered type`);
    return { [tag.key]: this.#tag(convert(tag, value, trail), { parent: trail, depth: trail.depth }) };
  }

  #tagList(value: unknown[], trail: Trail): unknown {
    const items = Array.from(value, (item, index) => this.#tag(item, at(trail, index)));
    if (Object.keys(value).length > items.length) refuse(trail, "JSON has no list with named items");
    return items;
  }

  #tagDictionary(value: Dictionary, trail: Trail): unknown {
    if (Object.getOwnPropertySymbols(value).length > 0) refuse(trail, "JSON has no symbols for keys");
    const entries = Object.keys(value).map((key) => [key, this.#tag(value[key], at(trail, key))] as const);
    const [only] = entries;
    if (entries.length !== 1 || only === undefined || !this.#isTagKey(only[0]))
      return Object.fromEntries(entries);
    return { [TAGGED_DICTIONARY]: { [`${only[0]}__`]: only[1] } };
  }

  /** From the inside out and in place; assigning to an own `__proto__` is safe. */
  #untag(value: unknown): unknown {
    if (!isObject(value)) return value;
    const keys = Object.keys(value);
    const dictionary = value as Dictionary;
    for (const key of keys) dictionary[key] = this.#untag(dictionary[key]);
    const [key] = keys;
    if (keys.length !== 1 || key === undefined || Array.isArray(value)) return value;
    if (key === TAGGED_DICTIONARY) return untagDictionary(dictionary[key]);
    const tag = this.#tags.get(key);
    return tag === undefined ? value : tag.fromJSON(dictionary[key] as never);
  }
}

/** Where the walk is, so that an error can tell the path and a cycle is found. */
interface Trail {
  /** Absent for what a tag makes of the value above. */
  readonly name?: string | number;
  readonly parent?: Trail;
  readonly value?: object;
  readonly depth: number;
}

/** Deeper than Flask can write, and far from the end of the stack. */
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

function untagDictionary(value: unknown): Dictionary {
  if (!isObject(value) || !isDictionary(value)) throw new TypeError("a dictionary belongs here");
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
  if (trail.depth === DEEPEST) refuse(trail, `it stands deeper than ${DEEPEST} levels`);
  for (let above = trail.parent; above !== undefined; above = above.parent)
    if (above.value === value) refuse(trail, "it holds itself");
  return { ...trail, value, depth: trail.depth + 1 };
}

function refuse(trail: Trail, problem: string): never {
  throw new UnstorableValueError(pathOf(trail), problem);
}

function pathOf({ name, parent }: Trail): string {
  if (parent === undefined) return `${name}`;
  const path = pathOf(parent);
  if (name === undefined) return path;
  if (typeof name === "number") return `${path}[${name}]`;
  if (!/^[\w$]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

function problemWith(value: unknown): string {
  if (typeof value === "bigint") return "this bigint fits a number, and would come back as one";
  if (typeof value === "number") return `JSON has no ${value}`;
  return value === undefined ? "undefined is no value" : `a ${typeof value} is no data`;
}

function className(value: object): string {
  return Object.getPrototypeOf(value)?.constructor?.name ?? "an object";
}
