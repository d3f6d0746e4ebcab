type Failed<R> = ((reason: unknown) => R | PromiseLike<R>) | null | undefined;

/** A promise that knows whether somebody catches its failure, also at the end of a chain of `then`. */
class WatchedPromise<T> extends Promise<T> {
  /** The promises that fail if this one does. */
  readonly #next: WatchedPromise<unknown>[] = [];
  #isCaught = false;

  get isCaught(): boolean {
    return this.#isCaught || this.#next.some(({ isCaught }) => isCaught);
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  override then<R = T, E = never>(
    done?: ((value: T) => R | PromiseLike<R>) | null,
    failed?: Failed<E>,
  ): Promise<R | E> {
    const next = super.then(done, failed);
    if (failed) this.#isCaught = true;
    else this.#follow(next);
    return next;
  }

  /** Passes the failure on, although it calls `then` with a function for it. */
  override finally(done?: (() => void) | null): Promise<T> {
    const isCaught = this.#isCaught;
    const next = super.finally(done);
    this.#isCaught = isCaught;
    this.#follow(next);
    return next;
  }

  /** Prevents that the failure is an unhandled rejection. */
  silence(): void {
    super.then(undefined, () => {});
  }

  #follow(next: Promise<unknown>): void {
    this.#next.push(next as WatchedPromise<unknown>);
    super.then(undefined, () => (next as WatchedPromise<unknown>).silence());
  }
}

/** The writes of one request, so that it can wait for those that its handler did not await. */
export class PendingWrites {
  readonly #writes = new Map<WatchedPromise<unknown>, Promise<unknown>>();

  /** Adds a write, and returns its promise. A failure that reaches nobody is no unhandled rejection. */
  add<T>(write: Promise<T>): Promise<T> {
    const watched = new WatchedPromise<T>((resolve) => resolve(write));
    watched.silence();
    this.#writes.set(watched, write);
    return watched;
  }

  /**
   * Waits for all writes, also for those that begin meanwhile.
   *
   * @throws the first failure that reached nobody, because the handler did not await the write
   */
  async settle(): Promise<void> {
    const missed: unknown[] = [];
    for (const [watched, write] of this.#writes)
      await write.catch((error: unknown) => watched.isCaught || missed.push(error));
    this.#writes.clear();
    if (missed.length > 0) throw missed[0];
  }
}
