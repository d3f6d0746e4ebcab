/** Program whose calls of stores wait until the schedule lets them go on. */
export class Actor {
  readonly #waiting: (() => void)[] = [];
  #notify = (): void => {};
  #isRunning = false;

  /** Returns a proxy whose asynchronous methods wait for their turn while the program runs. */
  gate<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const method = Reflect.get(object, name);
        if (typeof method !== "function") return method;
        return async (...parameters: unknown[]) => {
          if (this.#isRunning) await this.#turn();
          return Reflect.apply(method, object, parameters);
        };
      },
    });
  }

  /** Starts the program. */
  async run<T>(program: () => Promise<T>): Promise<T> {
    this.#isRunning = true;
    try {
      return await program();
    } finally {
      this.#isRunning = false;
      this.#notify();
    }
  }

  /** Waits until the program waits or is done. Returns whether it waits. */
  async isWaiting(): Promise<boolean> {
    while (this.#isRunning && this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
    return this.#waiting.length > 0;
  }

  /** Lets the next call go on. */
  step(): void {
    this.#waiting.shift()?.();
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#notify();
    });
  }
}

/** Lets two actors go on until both are done. `choose` returns which of them makes the next call. */
export async function interleave(one: Actor, other: Actor, choose: () => boolean): Promise<void> {
  for (;;) {
    const waiting = [await one.isWaiting(), await other.isWaiting()];
    if (!waiting[0] && !waiting[1]) return;
    const isOne = waiting[0] && (!waiting[1] || choose());
    (isOne ? one : other).step();
  }
}
