import {
  assertExpected,
  assertWrite,
  type ConditionalStore,
  type ConditionalWrite,
} from "./conditional-store.ts";

/** Options of `MemoryConditionalStore`. */
export interface MemoryConditionalStoreOptions {
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/** Number of entries up to which expired ones are kept. */
const FEW = 1000;

/** Stores values in the memory of this process, for tests and for programs that run in one process. */
export class MemoryConditionalStore implements ConditionalStore {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  #most = FEW;

  constructor({ clock = () => Date.now() }: MemoryConditionalStoreOptions = {}) {
    this.#now = () => Math.floor(clock() / 1000);
  }

  async read(key: string): Promise<string | undefined> {
    return this.#present(key);
  }

  async write(key: string, value: string, write: ConditionalWrite): Promise<boolean> {
    assertWrite(key, value, write);
    if (this.#present(key) !== write.expected) return false;
    this.#entries.set(key, { value, expiresAt: write.expiresAt });
    this.#removeExpired();
    return true;
  }

  async remove(key: string, expected?: string): Promise<boolean> {
    assertExpected(expected);
    const present = this.#present(key);
    if (present === undefined || (expected !== undefined && present !== expected)) return false;
    return this.#entries.delete(key);
  }

  #present(key: string): string | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAt >= this.#now() ? entry.value : undefined;
  }

  /** Removes the expired entries each time that the number of entries has doubled. */
  #removeExpired(): void {
    if (this.#entries.size <= this.#most) return;
    for (const [key, { expiresAt }] of this.#entries) if (expiresAt < this.#now()) this.#entries.delete(key);
    this.#most = Math.max(FEW, 2 * this.#entries.size);
  }
}
