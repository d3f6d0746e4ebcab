type Failed<R> = ((reason: unknown) => R | PromiseLike<R>) | null | undefined;

/** A promise that knows whether somebody catches its failure, also at the end of a chain of `then`. */
class WatchedPromise<T> extends Promise<T> {
  isCaught = false;
  /** The promise whose failure this one passes on. */
  #source: WatchedPromise<unknown> | undefined;
  #isFinally = false;

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  override then<R = T, E = never>(
    done?: ((value: T) => R | PromiseLike<R>) | null,
    failed?: Failed<E>,
  ): Promise<R | E> {
    const next = super.then(done, failed) as WatchedPromise<R | E>;
    if (failed && !this.#isFinally) {
      let source: WatchedPromise<unknown> | undefined = this;
      for (; source; source = source.#source) source.isCaught = true;
    } else {
      next.#source = this;
      super.then(undefined, () => next.silence());
    }
    return next;
  }

  /** Calls `then` with a function for failures, which passes them on. */
  override finally(done?: (() => void) | null): Promise<T> {
    this.#isFinally = true;
    const next = super.finally(done);
    this.#isFinally = false;
    return next;
  }

  /** Prevents that the failure is an unhandled rejection. */
  silence(): void {
    super.then(undefined, () => {});
  }
}

/** The real function, also in a test that replaces timers after it has imported this module. */
const nextTurn = setImmediate;

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
   * Waits for all writes, also for those that begin meanwhile. A function that the handler did not await goes
   * on a few microtasks after its write is done, so each round ends with a turn of the event loop. Returns the
   * number of writes.
   *
   * @throws the first failure that reached nobody, because the handler did not await the write
   */
  async settle(): Promise<number> {
    const writes = this.#writes;
    let settled = 0;
    while (settled < writes.size) {
      settled = writes.size;
      await Promise.allSettled(writes.values());
      await new Promise(nextTurn);
    }
    const all = [...writes];
    writes.clear();
    for (const [watched, write] of all) if (!watched.isCaught) await write;
    return settled;
  }
}
