import { randomBytes } from "node:crypto";
import type { ConditionalStore, ConditionalWrite } from "../../../stores/conditional-store.ts";
import { Clock } from "../../clock.ts";

/** Options of the store of one test. */
export interface ConditionalStoreOptions {
  /** Returns the test's time in milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Creates a store, or returns one that already contains other values. */
export type MakeConditionalStore = (
  options: ConditionalStoreOptions,
) => ConditionalStore | Promise<ConditionalStore>;

/** Time in seconds far in the future, so a table that deletes expired items keeps these values. */
const START = 4_000_000_000;

/** Store of one test with a clock and an unused key. */
export class ConditionalContract {
  readonly #makeStore: MakeConditionalStore;
  #store: ConditionalStore | undefined;
  clock = new Clock();
  key = "";

  constructor(makeStore: MakeConditionalStore) {
    this.#makeStore = makeStore;
  }

  /** Prepares the next test. */
  async start(): Promise<void> {
    this.clock = new Clock(START * 1000);
    this.#store = await this.#makeStore({ clock: this.clock.now });
    this.key = this.newKey();
  }

  get store(): ConditionalStore {
    if (this.#store === undefined) throw new Error("start() must run before a test uses its store");
    return this.#store;
  }

  /** Returns an unused key. */
  newKey(): string {
    return randomBytes(16).toString("base64url");
  }

  /** Returns the value of the test's key. */
  read(): Promise<string | undefined> {
    return this.store.read(this.key);
  }

  /** Writes the test's key. Default: it must be absent, and its value expires in a minute. */
  write(value: string, write: Partial<ConditionalWrite> = {}): Promise<boolean> {
    const expiresAt = this.clock.seconds + 60;
    return this.store.write(this.key, value, { expected: undefined, expiresAt, ...write });
  }

  /** Removes the test's key. */
  remove(expected?: string): Promise<boolean> {
    return this.store.remove(this.key, expected);
  }
}
