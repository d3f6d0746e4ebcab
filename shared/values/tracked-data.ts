import { assign, type PlainObject } from "./plain-object.ts";
import { isUnchanged, type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { TaggedJSON } from "./tagged-json.ts";

/**
 * Stores data and tracks which keys changed, including changes inside their values (Flask, `CallbackDict`).
 *
 * Only arrays and objects that a caller received can change inside, so only those are compared.
 */
export class TrackedData {
  /** The tracked object itself. */
  readonly values: PlainObject;
  readonly #json: TaggedJSON;
  #changed: Set<string> | undefined;
  #snapshots: Map<string, Snapshot> | undefined;

  /** @param values the object itself, not a copy; it is changed in place */
  constructor(values: PlainObject, json: TaggedJSON) {
    this.values = values;
    this.#json = json;
  }

  get(key: string): unknown {
    if (!Object.hasOwn(this.values, key)) return undefined;
    const value = this.values[key];
    if (typeof value === "object" && value !== null) this.#watch(key, value);
    return value;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.values, key);
  }

  keys(): string[] {
    return Object.keys(this.values);
  }

  /** @throws UnstorableValueError that names the path of the value that cannot be stored */
  set(key: string, value: unknown): void {
    this.#json.check(value, key);
    assign(this.values, key, value);
    this.#markChanged(key);
  }

  /** Sets a value that is already stored, without marking the key as changed. */
  settle(key: string, value: unknown): void {
    this.#snapshots?.delete(key);
    assign(this.values, key, value);
  }

  /** Deletes a key. Returns whether it existed. */
  delete(key: string): boolean {
    if (!this.has(key)) return false;
    delete this.values[key];
    this.#markChanged(key);
    return true;
  }

  /** Returns the keys that were set, deleted or changed inside. */
  changedKeys(): ReadonlySet<string> {
    this.#snapshots?.forEach((snapshot, key) => {
      if (!isUnchanged(this.values[key], snapshot, this.#json)) this.#markChanged(key);
    });
    return this.#changed ?? NO_KEYS;
  }

  #watch(key: string, value: object): void {
    if (this.#changed?.has(key) || this.#snapshots?.has(key)) return;
    this.#snapshots ??= new Map();
    this.#snapshots.set(key, takeSnapshot(value, this.#json));
  }

  #markChanged(key: string): void {
    this.#snapshots?.delete(key);
    this.#changed ??= new Set();
    this.#changed.add(key);
  }
}

const NO_KEYS: ReadonlySet<string> = new Set();
