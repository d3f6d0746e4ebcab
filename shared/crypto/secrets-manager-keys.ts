import { parseJsonObject } from "./json-object.ts";
import { assertSecretKeys, type KeyProvider, type SecretKeys } from "./secret-keys.ts";
import { type Environment, getSecretString, RetryableError } from "./secrets-manager.ts";
import { failureRecord, writeLog } from "./write-log.ts";

/** Where the keys are, and how often they are read. */
export interface SecretsManagerKeysOptions {
  /** The secret's ARN or name. */
  readonly secretId: string;
  readonly environment: Environment;
  /** For how many seconds a list serves before it is read again. Default: 300. */
  readonly maxAge?: number;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Waits for some milliseconds before a further try. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  /** Takes a failure that the last good list covers. Default: one line of JSON. */
  readonly onError?: (error: Error) => void;
}

/** How long the last good list serves when it cannot be read again, before the next look; in seconds. */
const RETRY_AFTER = 10;

/** The pauses between the tries of one look, in milliseconds. */
const PAUSES = [100, 300] as const;

/**
 * Secret keys from Secrets Manager, cached. The secret is what a Flask application loads into its configuration:
 * `{ "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }`. The first key signs, all verify.
 *
 * When the secret cannot be read again, the last good list serves. Where there never was one, the promise rejects
 * with the cause. No message holds anything of the secret.
 */
export function secretsManagerKeys(options: SecretsManagerKeysOptions): KeyProvider {
  const cache = new KeyCache(options);
  return () => cache.keys();
}

class KeyCache {
  readonly #options: Required<SecretsManagerKeysOptions>;
  #text = "";
  #keys: SecretKeys | undefined;
  #staleAt = 0;
  #reading: Promise<SecretKeys> | undefined;

  constructor(options: SecretsManagerKeysOptions) {
    this.#options = { maxAge: 300, clock: () => Date.now(), wait: sleep, onError: logFailure, ...options };
  }

  keys(): SecretKeys | Promise<SecretKeys> {
    if (this.#keys !== undefined && this.#options.clock() < this.#staleAt) return this.#keys;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<SecretKeys> {
    const { clock, maxAge, onError } = this.#options;
    try {
      this.#accept(await this.#ask());
      this.#staleAt = clock() + maxAge * 1000;
    } catch (error) {
      if (this.#keys === undefined) throw error;
      this.#staleAt = clock() + RETRY_AFTER * 1000;
      onError(error as Error);
    }
    return this.#keys as SecretKeys;
  }

  /** Where a list is at hand, one try must do: the request waits for it. */
  async #ask(): Promise<string> {
    const { secretId, environment, wait } = this.#options;
    for (const pause of this.#keys === undefined ? PAUSES : []) {
      try {
        return await getSecretString(secretId, environment);
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        await wait(pause);
      }
    }
    return getSecretString(secretId, environment);
  }

  /** The same text keeps the same list, so that no key is derived again. */
  #accept(text: string): void {
    if (text === this.#text) return;
    this.#keys = parseSecretKeys(text);
    this.#text = text;
  }
}

/**
 * The list of keys in a secret's text.
 *
 * @throws Error that says what is wrong with the form, never what the text is
 */
export function parseSecretKeys(text: string): SecretKeys {
  const { SECRET_KEY, SECRET_KEY_FALLBACKS } = parseJsonObject(text);
  const fallbacks = SECRET_KEY_FALLBACKS ?? [];
  if (SECRET_KEY === undefined || !Array.isArray(fallbacks))
    throw new Error('the secret must be JSON: { "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }');
  const keys = [SECRET_KEY, ...fallbacks];
  assertSecretKeys(keys, "secret");
  return keys;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function logFailure(error: Error): void {
  writeLog(failureRecord("keys_not_refreshed", error));
}
