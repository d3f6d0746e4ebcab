import type { History } from "./history.ts";

/** Counts the events of many runs by name, so that a test can prove that it tested them. */
export class Tally {
  readonly #counts = new Map<string, number>();
  operations = 0;
  requests = 0;

  /** Adds a run. */
  add(history: History): void {
    this.operations += history.operations;
    this.requests += history.requests.length;
    for (const { outcome, over, steps } of history.requests)
      for (const name of [outcome, ...over.map(({ why }) => why), ...steps.map(({ verb }) => verb)])
        this.#counts.set(name, this.countOf(name) + 1);
  }

  /** Returns how often an outcome, a step or the end of a session occurred. */
  countOf(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}
