import { LEAST_PUBLISHED } from "../../../shared/keys/key-ring.ts";

/** The greatest age of a list that a function works with, in seconds: three times the age at which it is read again. */
const OLDEST_LIST = 3 * 300;

/** What a rotation must never do. */
export class LostSessionError extends Error {
  override readonly name = "LostSessionError";
}

/**
 * Watches what a secret's text is in the course of time, and knows which keys living sessions need: every key that
 * signed, for as long as a session may live after the last function stopped signing with it.
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
   * Looks at the text at a time, in seconds.
   *
   * @throws LostSessionError
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

  /** A change by hand, which may do what it wants: what is gone with it is not needed from now on. */
  seeByHand(text: string, now: number): void {
    const keys = keysIn(text);
    if (this.#signing !== undefined) this.#needed.set(this.#signing, now + OLDEST_LIST + this.#longestLife);
    for (const key of this.#needed.keys()) if (!keys.includes(key)) this.#needed.delete(key);
    for (const key of keys) if (!this.#published.has(key)) this.#published.set(key, now);
    this.#signing = keys[0];
  }
}

/** All keys of a secret's text, as Flask reads them: the one that signs first. */
export function keysIn(text: string): string[] {
  const { SECRET_KEY, SECRET_KEY_FALLBACKS = [] } = JSON.parse(text);
  return [SECRET_KEY, ...SECRET_KEY_FALLBACKS];
}
