import { LEAST_PUBLISHED } from "../../../shared/keys/key-ring.ts";

/** Maximum age of keys that a function uses, in seconds: three times the age at which they are read again. */
const OLDEST_LIST = 3 * 300;

/** Reports that a rotation would lose a session. */
export class LostSessionError extends Error {
  override readonly name = "LostSessionError";
}

/**
 * Watches the string of a secret over time and knows which keys living sessions need: every key that signed,
 * until the sessions of the last function that signed with it have expired.
 */
export class KeyWitness {
  readonly #longestLife: number;
  readonly #published = new Map<string, number>();
  readonly #needed = new Map<string, number>();
  #signing: string | undefined;

  constructor(longestLife: number) {
    this.#longestLife = longestLife;
  }

  /**
   * Checks the string at a time in seconds.
   *
   * @throws LostSessionError if a key that living sessions need is missing
   */
  see(text: string, now: number): void {
    const keys = keysIn(text);
    if (this.#signing !== undefined) this.#needed.set(this.#signing, now + OLDEST_LIST + this.#longestLife);
    for (const [key, until] of this.#needed)
      if (now <= until && !keys.includes(key)) throw new LostSessionError(`a key is gone: ${key}`);
    const [signing = ""] = keys;
    const since = this.#published.get(signing) ?? Number.POSITIVE_INFINITY;
    if (this.#signing !== undefined && signing !== this.#signing && now - since < LEAST_PUBLISHED)
      throw new LostSessionError(`a key signs too early: ${signing}`);
    this.#signing = signing;
    for (const key of keys) if (!this.#published.has(key)) this.#published.set(key, now);
  }

  /** Accepts a change by hand. Keys that it removes are not needed from now on. */
  seeByHand(text: string, now: number): void {
    const keys = keysIn(text);
    if (this.#signing !== undefined) this.#needed.set(this.#signing, now + OLDEST_LIST + this.#longestLife);
    for (const key of this.#needed.keys()) if (!keys.includes(key)) this.#needed.delete(key);
    for (const key of keys) if (!this.#published.has(key)) this.#published.set(key, now);
    this.#signing = keys[0];
  }
}

/** Returns all keys of a secret's string as Flask reads them, the current one first. */
export function keysIn(text: string): string[] {
  const { SECRET_KEY, SECRET_KEY_FALLBACKS = [] } = JSON.parse(text);
  return [SECRET_KEY, ...SECRET_KEY_FALLBACKS];
}
