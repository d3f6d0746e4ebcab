import type { SecretKeys } from "../crypto/secret-keys.ts";

/** What a cache of keys is made of. All times are milliseconds. */
export interface KeyCacheOptions {
  /** Reads the list from where it is kept; the same list for the same keys. Told whether there is none at hand yet. */
  readonly read: (isFirst: boolean) => Promise<SecretKeys>;
  /** How long a list serves before it is read again. */
  readonly maxAge: number;
  /** The time since the epoch. */
  readonly clock: () => number;
  /** Takes a failure that a request waited for and that the list at hand covers. */
  readonly onError: (error: Error) => void;
}

/** A list that is this many times as old as it should be is read again before it is used. */
const HARD_LIMIT = 3;

/** How long the list at hand serves after a read began, before the next one begins; in milliseconds. */
const RETRY_AFTER = 10_000;

/** How often a signature that is not known may cause a read, in milliseconds. */
const LOOK_AGAIN_EVERY = 30_000;

/** How long a failure stands where there never was a list, in milliseconds. */
const FIRST_RETRY_AFTER = 1000;

/** How long no request waits after a wait that was in vain, in milliseconds. */
const WAIT_AGAIN_AFTER = 30_000;

/**
 * A list of keys and how old it is.
 *
 * A list counts as old as the beginning of its read: Lambda may have frozen the process for days before the answer
 * was seen. Therefore no request waits for a read that began in the background either.
 */
export class KeyCache {
  readonly #options: KeyCacheOptions;
  #keys: SecretKeys | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #failure: Error | undefined;
  #reads = 0;
  #accepted = 0;
  #waiting: Promise<SecretKeys> | undefined;

  constructor(options: KeyCacheOptions) {
    this.#options = options;
  }

  /**
   * The list at hand, unless it is too old to be used. What is not fresh is read again in the background. While it
   * cannot be read, the list at hand serves, however old, and a request waits for a try every 30 seconds only.
   */
  keys(): SecretKeys | Promise<SecretKeys> {
    const { maxAge } = this.#options;
    if (this.#keys === undefined) return this.#first();
    if (!this.#isOver(this.#readAt, maxAge)) return this.#keys;
    const isTooOld = this.#isOver(this.#readAt, HARD_LIMIT * maxAge);
    if (isTooOld && this.#isOver(this.#failedAt, WAIT_AGAIN_AFTER)) return this.#wait();
    if (this.#isOver(this.#triedAt, RETRY_AFTER)) this.#read().catch(() => {});
    return this.#keys;
  }

  /** The list of this moment, for a signature that is not known. However often it is asked for, it reads rarely. */
  lookAgain(): SecretKeys | Promise<SecretKeys> {
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#keys === undefined || !this.#isOver(this.#lookedAt, LOOK_AGAIN_EVERY)) return this.keys();
    this.#lookedAt = this.#options.clock();
    return this.#wait();
  }

  /** Where there never was a list, a failure stands for a second: else each request of a flood would be a read. */
  async #first(): Promise<SecretKeys> {
    if (this.#failure !== undefined && !this.#isOver(this.#failedAt, FIRST_RETRY_AFTER)) throw this.#failure;
    return this.#wait();
  }

  #wait(): Promise<SecretKeys> {
    this.#waiting ??= this.#readOrCover().finally(() => {
      this.#waiting = undefined;
    });
    return this.#waiting;
  }

  async #readOrCover(): Promise<SecretKeys> {
    try {
      return await this.#read();
    } catch (error) {
      this.#failedAt = this.#options.clock();
      this.#failure = error as Error;
      if (this.#keys === undefined) throw error;
      this.#options.onError(error as Error);
      return this.#keys;
    }
  }

  /** An answer that comes after that of a later read counts no more. */
  async #read(): Promise<SecretKeys> {
    const { read, clock } = this.#options;
    const [number, startedAt] = [++this.#reads, clock()];
    this.#triedAt = startedAt;
    const keys = await read(this.#keys === undefined);
    if (this.#keys !== undefined && number < this.#accepted) return this.#keys;
    this.#accepted = number;
    this.#readAt = startedAt;
    this.#keys = keys;
    return keys;
  }

  /** Whether a time has passed since a moment. A clock that was set back says that it has. */
  #isOver(since: number, time: number): boolean {
    const passed = this.#options.clock() - since;
    return passed < 0 || passed >= time;
  }
}
