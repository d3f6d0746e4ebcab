import { OptionError } from "../options/option-error.ts";

/** A secret key: bytes, or a string whose UTF-8 bytes are used. */
export type SecretKey = string | Uint8Array;

/**
 * Secret keys, newest first: the first key signs, all keys verify. There is at least one. To change keys,
 * pass a new array; mutations of the old one are ignored.
 */
export type SecretKeys = readonly SecretKey[];

/** Returns the current keys. It is called for each request, so it should cache them. */
export interface KeyProvider {
  (): Promise<SecretKeys>;
  /**
   * Returns the newest keys. It is called when no current key made a signature. Forged cookies cause such
   * calls too, any number of them, so it must limit how often it reads and otherwise return its cached keys.
   */
  readonly refreshKeys?: () => Promise<SecretKeys>;
}

/** Minimum length of a secret key in bytes: the strength of HMAC-SHA-256 (NIST SP 800-107, section 5.3.4). */
export const LEAST_KEY_BYTES = 32;

/**
 * Checks that a value is an array of one or more keys that are long enough.
 *
 * @param option the name of the array in the error
 * @throws OptionError that names the array, or the key by its index, and never contains a key
 */
export function assertSecretKeys(keys: unknown, option = "keys"): asserts keys is SecretKeys {
  if (!Array.isArray(keys)) throw new OptionError(option, "must be an array of secret keys, newest first");
  if (keys.length === 0) throw new OptionError(option, "is empty; add a secret key, or leave the option out");
  for (const [index, key] of keys.entries()) assertSecretKey(key, `${option}[${index}]`);
}

/**
 * Returns the first of the signers or keys that were derived from secret keys, which is the newest.
 *
 * @throws TypeError when there is none
 */
export function newestOf<T>([newest]: readonly T[]): T {
  if (newest === undefined) throw new TypeError("keys: pass at least one secret key");
  return newest;
}

function assertSecretKey(key: unknown, option: string): void {
  if (typeof key !== "string" && !(key instanceof Uint8Array))
    throw new OptionError(option, "must be a string or a Uint8Array");
  const { length } = Buffer.from(key as string);
  if (length < LEAST_KEY_BYTES)
    throw new OptionError(option, `has ${length} bytes, but needs ${LEAST_KEY_BYTES}`);
}
