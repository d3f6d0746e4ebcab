import { assign, type PlainObject } from "./plain-object.ts";
import { isUnchanged, type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { TaggedJSON } from "./tagged-json.ts";

/** Computes a value from the current one. */
export type Update = (value: unknown) => unknown;

/**
 * Stores data and tracks which keys changed, including changes inside their values (Flask, `CallbackDict`).
 *
 * Only arrays and objects that a caller received can change inside, so only those are compared.
 */
export class TrackedData {
  /** The tracked object itself. */
  readonly values: PlainObject;
  readonly #json: TaggedJSON;
  /** The values before any change, by the keys that were changed or whose values may change inside. */
  readonly #originals = new Map<string, Snapshot>();
  readonly #changed = new Set<string>();
  readonly #updates = new Map<string, Update>();

  /** @param values the object itself, not a copy; it is changed in place */
  constructor(values: PlainObject, json: TaggedJSON) {
    this.values = values;
    this.#json = json;
  }

  get(key: string): unknown {
    if (!Object.hasOwn(this.values, key)) return undefined;
    const value = this.values[key];
    if (typeof value === "object" && value) this.#keep(key);
    return value;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.values, key);
  }

  keys(): string[] {
    return Object.keys(this.values);
  }

  /**
   * @param absent the value that counts as present if there is none
   * @throws UnstorableValueError that names the path of the value that cannot be stored
   */
  set(key: string, value: unknown, absent: unknown = ABSENT): void {
    this.#json.check(value, key);
    this.#keep(key, absent);
    this.#changed.add(key);
    assign(this.values, key, value);
  }

  /** Sets a value, or deletes the key if the value is undefined. */
  put(key: string, value: unknown): void {
    if (value === undefined) this.delete(key);
    else this.set(key, value);
  }

  /** Sets a value that is already stored, without marking the key as changed. It must not be changed yet. */
  adopt(key: string, value: unknown): void {
    this.#originals.delete(key);
    assign(this.values, key, value);
  }

  /**
   * Changes a value by a function, which `updates` returns, and returns the new value as `get` does.
   *
   * @throws UnstorableValueError that names the path of the value that cannot be stored
   */
  update(key: string, change: Update): unknown {
    const value = change(this.get(key));
    this.#json.check(value, key);
    const before = this.#updates.get(key);
    this.#updates.set(key, before === undefined ? change : (stored) => change(before(stored)));
    this.adopt(key, value);
    return this.get(key);
  }

  /** Returns the functions of the keys that were changed by `update` alone. `changedKeys` has the others. */
  updates(): ReadonlyMap<string, Update> {
    for (const key of this.changedKeys()) this.#updates.delete(key);
    return this.#updates;
  }

  /** Deletes a key. Returns whether it existed. */
  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.#keep(key);
    this.#changed.add(key);
    delete this.values[key];
    return true;
  }

  /** Returns the keys that were set, deleted or changed inside, also those set to an equal value. */
  changedKeys(): ReadonlySet<string> {
    for (const key of this.#originals.keys())
      if (!this.#changed.has(key) && this.#differs(key)) this.#changed.add(key);
    return this.#changed;
  }

  /** Returns whether a value differs from the one before the changes, or is to be updated. */
  isModified(): boolean {
    for (const key of this.#originals.keys()) if (this.#differs(key)) return true;
    return this.#updates.size > 0;
  }

  #differs(key: string): boolean {
    const value = this.has(key) ? this.values[key] : ABSENT;
    return !isUnchanged(value, this.#originals.get(key), this.#json);
  }

  /** Keeps the value before the first change. */
  #keep(key: string, absent: unknown = ABSENT): void {
    if (this.#originals.has(key)) return;
    this.#originals.set(key, this.has(key) ? takeSnapshot(this.values[key], this.#json) : absent);
  }
}

/** Stands for the value of a key that does not exist. No session contains a symbol. */
const ABSENT = Symbol("absent");
