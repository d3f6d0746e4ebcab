import { assertSecretKeys, type KeyProvider, type SecretKeys } from "../crypto/secret-keys.ts";
import { failureRecord, writeLog } from "../log/write-log.ts";
import { parseJsonObject } from "./json-object.ts";
import { KeyCache } from "./key-cache.ts";
import { type Environment, getSecretString, RetryableError } from "./secrets-manager.ts";

/** Where the keys are, and how often they are read. */
export interface SecretsManagerKeysOptions {
  /** The secret's ARN or name. */
  readonly secretId: string;
  /** Region, credentials and endpoint, as Lambda sets them. Default: `process.env`. */
  readonly environment?: Environment;
  /**
   * For how many seconds a list serves before it is read again. Default: 300. A third of the time that a rotation
   * leaves between publishing a key and signing with it (`LEAST_PUBLISHED`) is too long.
   */
  readonly maxAge?: number;
  /** Reads the secret's text. Default: from Secrets Manager. */
  readonly read?: () => Promise<string>;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Waits for some milliseconds before a further try. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  /** Takes a failure that a request waited for and that the last good list covers. Default: one line of JSON. */
  readonly onError?: (error: Error) => void;
}

/** The pauses between the tries of the first look, in milliseconds. */
const PAUSES = [100, 300] as const;

/**
 * Secret keys from Secrets Manager, cached. The secret is what a Flask application loads into its configuration:
 * `{ "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }`. The first key signs, all verify.
 *
 * A list is read again in the background; one that is older than three times `maxAge` before it is used. While the
 * secret cannot be read, the last good list serves. Where there never was one, the promise rejects with the cause.
 * No message holds anything of the secret.
 */
export function secretsManagerKeys(options: SecretsManagerKeysOptions): KeyProvider {
  const { maxAge = 300, clock = () => Date.now(), onError = logFailure } = options;
  const cache = new KeyCache({ read: readerOf(options), maxAge: maxAge * 1000, clock, onError });
  return Object.assign(() => cache.keys(), { refreshKeys: () => cache.refreshKeys() });
}

/** The same text gives the same list, so that no key is derived again. */
function readerOf(options: SecretsManagerKeysOptions): (isFirst: boolean) => Promise<SecretKeys> {
  let [text, keys]: [string?, SecretKeys?] = [];
  return async (isFirst) => {
    const found = await ask(options, isFirst ? PAUSES : []);
    if (keys === undefined || found !== text) [text, keys] = [found, parseSecretKeys(found)];
    return keys;
  };
}

/** Where a list is at hand, one try must do: a request may wait for it. */
async function ask(options: SecretsManagerKeysOptions, pauses: readonly number[]): Promise<string> {
  const {
    secretId,
    environment = process.env,
    read = () => getSecretString(secretId, environment),
    wait = sleep,
  } = options;
  for (const pause of pauses) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      await wait(pause);
    }
  }
  return read();
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
