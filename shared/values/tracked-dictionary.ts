import { assign, type Dictionary } from "./plain-object.ts";
import { isUnchanged, type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { TaggedJSON } from "./tagged-json.ts";

/**
 * A dictionary that knows which of its keys changed (Flask, `CallbackDict`), changes inside its values too.
 *
 * Only a list or dictionary that somebody was handed can change inside, so only those are compared.
 */
export class TrackedDictionary {
  /** The dictionary itself. */
  readonly values: Dictionary;
  readonly #json: TaggedJSON;
  #changed: Set<string> | undefined;
  #handedOut: Map<string, Snapshot> | undefined;

  /** @param values the dictionary itself, not a copy: it is changed in place */
  constructor(values: Dictionary, json: TaggedJSON) {
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

  /** @throws UnstorableValueError that names the path to what cannot be stored */
  set(key: string, value: unknown): void {
    this.#json.check(value, key);
    assign(this.values, key, value);
    this.#markChanged(key);
  }

  /** Takes over a value that is stored already; it is watched once somebody gets it. */
  settle(key: string, value: unknown): void {
    this.#handedOut?.delete(key);
    assign(this.values, key, value);
  }

  /** Whether the key was there. */
  delete(key: string): boolean {
    if (!this.has(key)) return false;
    delete this.values[key];
    this.#markChanged(key);
    return true;
  }

  /** The keys that were set, deleted or changed inside. */
  changedKeys(): ReadonlySet<string> {
    this.#handedOut?.forEach((snapshot, key) => {
      if (!isUnchanged(this.values[key], snapshot, this.#json)) this.#markChanged(key);
    });
    return this.#changed ?? NOTHING;
  }

  #watch(key: string, value: object): void {
    if (this.#changed?.has(key) || this.#handedOut?.has(key)) return;
    this.#handedOut ??= new Map();
    this.#handedOut.set(key, takeSnapshot(value, this.#json));
  }

  #markChanged(key: string): void {
    this.#handedOut?.delete(key);
    this.#changed ??= new Set();
    this.#changed.add(key);
  }
}

const NOTHING: ReadonlySet<string> = new Set();
