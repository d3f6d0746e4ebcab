import type { SavedSession } from "../../../shared/session/session-outcome.ts";
import { CLOCK_SKEW } from "./rotation-simulation-function.ts";

/** Visitor whose session contains one number. Times are in seconds. */
export class SimulatedVisitor {
  /** Number that the session must contain. */
  number = 0;
  /** True if a function that had not read the keys for longer than a period signed the session last. */
  isOverdue = false;
  readonly #lifetime: number;
  #cookie: string | undefined;
  #forgetsAt = Number.POSITIVE_INFINITY;
  #signedAt = 0;
  #savedAt = 0;

  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  /** Value of the cookie; `undefined` if the browser has none. */
  cookie(now: number): string | undefined {
    return now < this.#forgetsAt ? this.#cookie : undefined;
  }

  /** Returns whether the session must be found with any difference of the clocks. */
  mustLive(now: number): boolean {
    const end = Math.min(this.#savedAt + this.#lifetime, this.#signedAt + this.#lifetime * 1.1);
    return this.cookie(now) !== undefined && now + 2 * CLOCK_SKEW < end;
  }

  /** Stores the cookies of a response. */
  take({ setCookie }: SavedSession, now: number, wasSaved: boolean): void {
    if (wasSaved || setCookie !== undefined) this.#savedAt = now;
    if (setCookie === undefined) return;
    const [, value = ""] = /=([^;]*)/.exec(setCookie) ?? [];
    const [, maxAge] = /Max-Age=(\d+)/.exec(setCookie) ?? [];
    this.#cookie = value === "" ? undefined : value;
    this.#forgetsAt = maxAge === undefined ? Number.POSITIVE_INFINITY : now + Number(maxAge);
    this.#signedAt = now;
  }

  /** Deletes the cookie of an expired session. */
  beginAnew(): void {
    this.#cookie = undefined;
  }
}
