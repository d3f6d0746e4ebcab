/** A clock that stands still until a test moves it. Give `clock.now` to a session interface and to a browser. */
export class Clock {
  #milliseconds: number;

  /** @param start where it stands, in milliseconds since the epoch; default: a Monday noon in 2026 */
  constructor(start: number = Date.UTC(2026, 10, 23, 12)) {
    this.#milliseconds = start;
  }

  /** The time in milliseconds since the epoch. It is bound, so it may be handed on without its clock. */
  readonly now = (): number => this.#milliseconds;

  /** The time in seconds since the epoch. */
  get seconds(): number {
    return this.#milliseconds / 1000;
  }

  /** Moves the clock, back too. */
  advance(seconds: number): void {
    this.#milliseconds += seconds * 1000;
  }
}
