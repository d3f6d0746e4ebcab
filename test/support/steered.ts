/** One call that reached a store. */
interface StoreCall<Store> {
  readonly name: keyof Store;
  readonly arguments: readonly unknown[];
}

/** Replaces a call; `forward` makes it. */
type Around = (forward: () => Promise<unknown>) => Promise<unknown>;

/** A store that records its calls, and lets a test run code before, after or instead of one. */
export class Steered<Store extends object> {
  readonly calls: StoreCall<Store>[] = [];
  /** The store for the code that is tested. */
  readonly store: Store;
  readonly #around = new Map<keyof Store, Around[]>();

  constructor(inner: Store) {
    this.store = new Proxy(inner, { get: (_target, name) => this.#method(inner, name as keyof Store) });
  }

  /** Returns the names of the calls since the last `forget`, in order. */
  get names(): (keyof Store)[] {
    return this.calls.map(({ name }) => name);
  }

  forget(): void {
    this.calls.length = 0;
  }

  /** Returns the calls that `act` makes. */
  async during(act: () => unknown): Promise<(keyof Store)[]> {
    this.forget();
    await act();
    return this.names;
  }

  /** Runs code before the next call of this name, which waits for it. */
  before(name: keyof Store, act: () => unknown): void {
    this.around(name, async (forward) => {
      await act();
      return forward();
    });
  }

  /** Runs code after the next call of this name was made, before its result is returned. */
  after(name: keyof Store, act: () => unknown): void {
    this.around(name, async (forward) => {
      const result = await forward();
      await act();
      return result;
    });
  }

  /** Makes the next call of this name fail; with `delivered`, the call is made before. */
  fail(name: keyof Store, error = new Error("the store does not respond"), { delivered = false } = {}): void {
    this.around(name, async (forward) => {
      if (delivered) await forward();
      throw error;
    });
  }

  /** Replaces the next call of this name that is not replaced yet. */
  around(name: keyof Store, around: Around): void {
    this.#around.set(name, [...(this.#around.get(name) ?? []), around]);
  }

  #method(inner: Store, name: keyof Store) {
    return (...given: unknown[]): Promise<unknown> => {
      this.calls.push({ name, arguments: given });
      const forward = (): Promise<unknown> =>
        (inner[name] as (...given: unknown[]) => Promise<unknown>).apply(inner, given);
      return this.#around.get(name)?.shift()?.(forward) ?? forward();
    };
  }
}
