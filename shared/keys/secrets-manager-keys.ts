import { assertSecretKeys, type KeyProvider, type SecretKeys } from "../crypto/secret-keys.ts";
import { failureRecord, writeLog } from "../log/write-log.ts";
import { KeyCache } from "./key-cache.ts";
import { parseObjectOrEmpty } from "./parse-object-or-empty.ts";
import { retry, type Wait } from "./retry.ts";
import { type Environment, getSecretString } from "./secrets-manager.ts";

/** Options that name the secret and how often it is read. */
export interface SecretsManagerKeysOptions {
  /** ARN or name of the secret. */
  readonly secretId: string;
  /** Region, credentials and endpoint, as Lambda sets them. Default: `process.env`. */
  readonly environment?: Environment;
  /**
   * Age in seconds at which the keys are read again. Default: 300. It must be less than a third of the time
   * between publishing a key and signing with it (`LEAST_PUBLISHED`).
   */
  readonly maxAge?: number;
  /** Reads the secret's string. Default: from Secrets Manager. */
  readonly read?: () => Promise<string>;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Waits for this many milliseconds before the next try. */
  readonly wait?: Wait;
  /**
   * Receives a failure that a request waited for, if cached keys are returned instead. Default: writes one
   * line of JSON.
   */
  readonly onError?: (error: Error) => void;
}

/** Pauses between the tries of the first read, in milliseconds. */
const PAUSES = [100, 300] as const;

/**
 * Provides secret keys from Secrets Manager and caches them. The secret is what a Flask application loads
 * into its configuration: `{ "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }`. The first key signs, all
 * keys verify.
 *
 * Cached keys are read again in the background, and before use if they are older than three times `maxAge`.
 * While the secret cannot be read, the cached keys are used. If no keys were ever read, the promise rejects
 * with the cause. No error contains any part of the secret.
 */
export function secretsManagerKeys(options: SecretsManagerKeysOptions): KeyProvider {
  const { maxAge = 300, clock = () => Date.now(), onError = logFailure } = options;
  const cache = new KeyCache({ read: createReader(options), maxAge: maxAge * 1000, clock, onError });
  return Object.assign(() => cache.keys(), { refreshKeys: () => cache.refreshKeys() });
}

/**
 * Returns a function that reads the keys. It returns the same array for the same string, so no key is derived
 * again.
 */
function createReader(options: SecretsManagerKeysOptions): (isFirst: boolean) => Promise<SecretKeys> {
  let [text, keys]: [string?, SecretKeys?] = [];
  return async (isFirst) => {
    const found = await readSecret(options, isFirst ? PAUSES : []);
    if (keys === undefined || found !== text) [text, keys] = [found, parseSecretKeys(found)];
    return keys;
  };
}

/**
 * Reads the secret with further tries. If keys are cached, there is only one try, because a request may wait
 * for it.
 */
function readSecret(options: SecretsManagerKeysOptions, pauses: readonly number[]): Promise<string> {
  const {
    secretId,
    environment = process.env,
    read = () => getSecretString(secretId, environment),
  } = options;
  return retry(read, pauses, options.wait);
}

/**
 * Parses the keys in a secret's string.
 *
 * @throws Error that names the expected format and never contains the string
 */
export function parseSecretKeys(text: string): SecretKeys {
  const { SECRET_KEY, SECRET_KEY_FALLBACKS } = parseObjectOrEmpty(text);
  const fallbacks = SECRET_KEY_FALLBACKS ?? [];
  if (SECRET_KEY === undefined || !Array.isArray(fallbacks))
    throw new Error('the secret must be JSON: { "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }');
  const keys = [SECRET_KEY, ...fallbacks];
  assertSecretKeys(keys, "secret");
  return keys;
}

function logFailure(error: Error): void {
  writeLog(failureRecord("keys_not_refreshed", error));
}
