import type { SecretKeys } from "../crypto/secret-keys.ts";
import { NEVER } from "../options/option-kind.ts";

/** Options of a cache of keys. All times are milliseconds. */
export interface KeyCacheOptions<Keys = SecretKeys> {
  /**
   * Reads the keys from their source, and returns the same array for the same keys. `isFirst` is true if none
   * were read before.
   */
  readonly read: (isFirst: boolean) => Promise<Keys>;
  /** The age at which keys are read again in the background. */
  readonly maxAge: number;
  /** Returns the time since the epoch. */
  readonly clock: () => number;
  /** Receives a failure that a request waited for, if cached keys are returned instead. */
  readonly onError: (error: Error) => void;
}

/** Keys older than this many times `maxAge` are read again before they are used. */
const HARD_LIMIT = 3;

/** The minimum time between the beginnings of two background reads, in milliseconds. */
const RETRY_AFTER = 10_000;

/** The minimum time between two reads that unknown signatures cause, in milliseconds. */
const REFRESH_EVERY = 30_000;

/** Time for which a failure is repeated before the next read, if no keys were ever read; in milliseconds. */
const FIRST_RETRY_AFTER = 1000;

/** Time for which no request waits for a read after one has waited in vain, in milliseconds. */
const WAIT_AGAIN_AFTER = 30_000;

/**
 * Caches keys: secret keys, or an identity provider's keys and metadata.
 *
 * Their age is counted from the beginning of the read, because Lambda may have frozen the process for days
 * before the response arrived. For the same reason no request waits for a read that began in the background.
 */
export class KeyCache<Keys = SecretKeys> {
  readonly #options: KeyCacheOptions<Keys>;
  #keys: Keys | undefined;
  #readAt = -NEVER;
  #triedAt = -NEVER;
  #failedAt = -NEVER;
  #refreshedAt = -NEVER;
  #failure: Error | undefined;
  #reads = 0;
  #accepted = 0;
  #waiting: Promise<Keys> | undefined;

  constructor(options: KeyCacheOptions<Keys>) {
    this.#options = options;
  }

  /**
   * Returns the cached keys unless they are too old. Keys older than `maxAge` are read again in the
   * background. While they cannot be read, the cached keys are returned, however old, and a request waits for
   * a read only every 30 seconds.
   *
   * @throws the error of the read, if no keys were ever read
   */
  async keys(): Promise<Keys> {
    const { maxAge } = this.#options;
    if (this.#keys === undefined) return this.#first();
    if (!this.#isOver(this.#readAt, maxAge)) return this.#keys;
    const isTooOld = this.#isOver(this.#readAt, HARD_LIMIT * maxAge);
    if (isTooOld && this.#isOver(this.#failedAt, WAIT_AGAIN_AFTER)) return this.#wait();
    if (this.#isOver(this.#triedAt, RETRY_AFTER)) this.#read().catch(() => {});
    return this.#keys;
  }

  /** Returns the newest keys, for an unknown signature. However often it is called, it rarely reads. */
  async refreshKeys(): Promise<Keys> {
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#keys === undefined || !this.#isOver(this.#refreshedAt, REFRESH_EVERY)) return this.keys();
    this.#refreshedAt = this.#options.clock();
    return this.#wait();
  }

  /**
   * A failed first read is not repeated for a second, because otherwise each request of a flood would read.
   */
  async #first(): Promise<Keys> {
    if (this.#failure !== undefined && !this.#isOver(this.#failedAt, FIRST_RETRY_AFTER)) throw this.#failure;
    return this.#wait();
  }

  #wait(): Promise<Keys> {
    this.#waiting ??= this.#readOrCover().finally(() => {
      this.#waiting = undefined;
    });
    return this.#waiting;
  }

  async #readOrCover(): Promise<Keys> {
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

  /** Ignores a response that arrives after the response of a later read. */
  async #read(): Promise<Keys> {
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

  /** Returns whether a time has passed since a moment. If the clock was set back, it has. */
  #isOver(since: number, time: number): boolean {
    const passed = this.#options.clock() - since;
    return passed < 0 || passed >= time;
  }
}
