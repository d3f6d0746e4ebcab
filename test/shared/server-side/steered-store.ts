import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import type { SessionStore } from "../../../shared/stores/session-store.ts";

/** The name of one of a store's calls. */
export type CallName = keyof SessionStore;

/** One call that reached a store. */
export interface StoreCall {
  readonly name: CallName;
  readonly arguments: readonly unknown[];
}

/** Replaces a call; `forward` makes it. */
type Around = (forward: () => Promise<unknown>) => Promise<unknown>;

/** A memory store that records its calls, and lets a test run code before, after or instead of one. */
export class SteeredStore {
  readonly calls: StoreCall[] = [];
  /** The store for the code that is tested. */
  readonly store: SessionStore;
  readonly #around = new Map<CallName, Around[]>();

  constructor(inner: SessionStore = new MemoryStore()) {
    this.store = new Proxy(inner, { get: (_target, name) => this.#method(inner, name as CallName) });
  }

  /** Returns the names of the calls since the last `forget`, in order. */
  get names(): CallName[] {
    return this.calls.map(({ name }) => name);
  }

  forget(): void {
    this.calls.length = 0;
  }

  /** Returns the calls that `act` makes. */
  async during(act: () => unknown): Promise<CallName[]> {
    this.forget();
    await act();
    return this.names;
  }

  /** Runs code before the next call of this name, which waits for it. */
  before(name: CallName, act: () => unknown): void {
    this.around(name, async (forward) => {
      await act();
      return forward();
    });
  }

  /** Runs code after the next call of this name was made, before its result is returned. */
  after(name: CallName, act: () => unknown): void {
    this.around(name, async (forward) => {
      const result = await forward();
      await act();
      return result;
    });
  }

  /** Makes the next call of this name fail; with `delivered`, the call is made before. */
  fail(name: CallName, error: Error, { delivered = false } = {}): void {
    this.around(name, async (forward) => {
      if (delivered) await forward();
      throw error;
    });
  }

  /** Replaces the next call of this name that is not replaced yet. */
  around(name: CallName, around: Around): void {
    this.#around.set(name, [...(this.#around.get(name) ?? []), around]);
  }

  #method(inner: SessionStore, name: CallName) {
    return (...given: unknown[]): Promise<unknown> => {
      this.calls.push({ name, arguments: given });
      const forward = (): Promise<unknown> =>
        (inner[name] as (...given: unknown[]) => Promise<unknown>).apply(inner, given);
      return this.#around.get(name)?.shift()?.(forward) ?? forward();
    };
  }
}
