import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import type { SessionStore } from "../../../shared/stores/session-store.ts";

/** The name of one of a store's calls. */
export type CallName = keyof SessionStore;

/** One call that reached a store. */
export interface StoreCall {
  readonly name: CallName;
  readonly arguments: readonly unknown[];
}

/** What happens around a call: `forward` makes it. */
type Around = (forward: () => Promise<unknown>) => Promise<unknown>;

/** A memory store that remembers its calls, and lets a test put something before, behind or in place of one. */
export class SteeredStore {
  readonly calls: StoreCall[] = [];
  /** Give this one to what is tested. */
  readonly store: SessionStore;
  readonly #around = new Map<CallName, Around[]>();

  constructor(inner: SessionStore = new MemoryStore()) {
    this.store = new Proxy(inner, { get: (_target, name) => this.#method(inner, name as CallName) });
  }

  /** The names of the calls since the last `forget`, in their order. */
  get names(): CallName[] {
    return this.calls.map(({ name }) => name);
  }

  forget(): void {
    this.calls.length = 0;
  }

  /** The calls that `act` makes. */
  async during(act: () => unknown): Promise<CallName[]> {
    this.forget();
    await act();
    return this.names;
  }

  /** Runs something right before the next call of this name, which waits for it. */
  before(name: CallName, act: () => unknown): void {
    this.around(name, async (forward) => {
      await act();
      return forward();
    });
  }

  /** Runs something right after the next call of this name has been made, before its answer arrives. */
  after(name: CallName, act: () => unknown): void {
    this.around(name, async (forward) => {
      const result = await forward();
      await act();
      return result;
    });
  }

  /** Makes the next call of this name fail, after it was made if it is `delivered`. */
  fail(name: CallName, error: Error, { delivered = false } = {}): void {
    this.around(name, async (forward) => {
      if (delivered) await forward();
      throw error;
    });
  }

  /** Steers the next call of this name that nothing else steers. */
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
