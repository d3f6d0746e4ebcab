/** A promise that knows whether its failure reaches anybody. */
class WatchedPromise<T> extends Promise<T> {
  isWatched = false;

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  override then<R = T, E = never>(
    done?: ((value: T) => R | PromiseLike<R>) | null,
    failed?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    if (failed) this.isWatched = true;
    return super.then(done, failed);
  }
}

/** The writes of one request, so that it can wait for those that its handler did not await. */
export class PendingWrites {
  readonly #writes = new Map<WatchedPromise<unknown>, Promise<unknown>>();

  /** Adds a write, and returns its promise. A failure that reaches nobody is no unhandled rejection. */
  add<T>(write: Promise<T>): Promise<T> {
    const watched = new WatchedPromise<T>((resolve) => resolve(write));
    Promise.prototype.then.call(watched, undefined, () => {});
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
      await write.catch((error: unknown) => watched.isWatched || missed.push(error));
    this.#writes.clear();
    if (missed.length > 0) throw missed[0];
  }
}
