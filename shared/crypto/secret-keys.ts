import { OptionError } from "../options/option-error.ts";

/** A secret key: bytes, or a string whose UTF-8 bytes are used. */
export type SecretKey = string | Uint8Array;

/**
 * Secret keys, newest first: the first key signs, all keys verify. Without a key, sessions cannot be changed.
 * To change keys, pass a new array; mutations of the old one are ignored.
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
 * Checks that a value is an array of keys that are long enough.
 *
 * @param option the name of the array in the error
 * @throws OptionError that names the key by its index, and never contains it
 */
export function assertSecretKeys(keys: unknown, option = "keys"): asserts keys is SecretKeys {
  if (!Array.isArray(keys))
    throw new OptionError(
      option,
      "must be an array of secret keys, newest first; pass a single key in an array too",
    );
  for (const [index, key] of keys.entries()) assertSecretKey(key, `${option}[${index}]`);
}

function assertSecretKey(key: unknown, option: string): void {
  if (typeof key !== "string" && !(key instanceof Uint8Array))
    throw new OptionError(option, "must be a string or a Uint8Array");
  const { length } = Buffer.from(key as string);
  if (length < LEAST_KEY_BYTES)
    throw new OptionError(option, `is ${length} bytes long, but must be at least ${LEAST_KEY_BYTES}`);
}
