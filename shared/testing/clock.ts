/** Clock that changes only when a test moves it. Pass `clock.now` to a session interface and to a browser. */
export class Clock {
  #milliseconds: number;

  /** @param start time in milliseconds since the epoch; default: a Monday noon in 2026 */
  constructor(start: number = Date.UTC(2026, 10, 23, 12)) {
    this.#milliseconds = start;
  }

  /**
   * Returns the time in milliseconds since the epoch. The function is bound, so it can be passed on its own.
   */
  readonly now = (): number => this.#milliseconds;

  /** Time in seconds since the epoch. */
  get seconds(): number {
    return this.#milliseconds / 1000;
  }

  /** Moves the clock forward, or backward by a negative number. */
  advance(seconds: number): void {
    this.#milliseconds += seconds * 1000;
  }
}
