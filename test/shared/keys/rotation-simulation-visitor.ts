import type { SavedSession } from "../../../shared/session/session-outcome.ts";
import { CLOCK_SKEW } from "./rotation-simulation-function.ts";

/** Somebody whose session holds one number, and what they know of it. Times are seconds. */
export class SimulatedVisitor {
  /** What the session must hold. */
  number = 0;
  /** Whether the session was last signed by a function that had not read the keys for longer than a period. */
  isOverdue = false;
  readonly #lifetime: number;
  #cookie: string | undefined;
  #forgetsAt = Number.POSITIVE_INFINITY;
  #signedAt = 0;
  #savedAt = 0;

  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  /** The cookie's value; `undefined` when the browser has none. */
  cookie(now: number): string | undefined {
    return now < this.#forgetsAt ? this.#cookie : undefined;
  }

  /** Whether the session must be found, whatever the clocks of functions say. */
  mustLive(now: number): boolean {
    const end = Math.min(this.#savedAt + this.#lifetime, this.#signedAt + this.#lifetime * 1.1);
    return this.cookie(now) !== undefined && now + 2 * CLOCK_SKEW < end;
  }

  /** Takes what a response brought. */
  take({ setCookie }: SavedSession, now: number, wasSaved: boolean): void {
    if (wasSaved || setCookie !== undefined) this.#savedAt = now;
    if (setCookie === undefined) return;
    const [, value = ""] = /=([^;]*)/.exec(setCookie) ?? [];
    const [, maxAge] = /Max-Age=(\d+)/.exec(setCookie) ?? [];
    this.#cookie = value === "" ? undefined : value;
    this.#forgetsAt = maxAge === undefined ? Number.POSITIVE_INFINITY : now + Number(maxAge);
    this.#signedAt = now;
  }

  /** A session that is over is forgotten. */
  beginAnew(): void {
    this.#cookie = undefined;
  }
}
