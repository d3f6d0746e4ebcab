import { OptionError } from "../options/option-error.ts";

/** A secret key: text, whose UTF-8 bytes count, or bytes. */
export type SecretKey = string | Uint8Array;

/**
 * Secret keys, newest first: the first signs, all verify. An empty list means that there is no session. Other keys
 * take another list: one that is changed in place is not looked at again.
 */
export type SecretKeys = readonly SecretKey[];

/** Gives the keys of the moment: at once when it holds them, else as a promise. */
export interface KeyProvider {
  (): SecretKeys | Promise<SecretKeys>;
  /**
   * The keys after a further look, for a signature that none of the others made. Forged cookies cause it too, as many
   * as somebody sends: it must bound how often it looks, and else give the keys that it holds.
   */
  readonly lookAgain?: () => SecretKeys | Promise<SecretKeys>;
}

/** The least length of a secret key, in bytes: what HMAC-SHA-256 is worth (NIST SP 800-107, section 5.3.4). */
export const LEAST_KEY_BYTES = 32;

/**
 * Refuses what is not a list of keys that are long enough. No message ever holds a key.
 *
 * @param option the name that the error gives to the list
 * @throws OptionError
 */
export function assertSecretKeys(keys: unknown, option = "keys"): asserts keys is SecretKeys {
  if (!Array.isArray(keys))
    throw new OptionError(
      option,
      "must be a list of secret keys, newest first; a single key goes in a list too",
    );
  for (const [index, key] of keys.entries()) assertSecretKey(key, `${option}[${index}]`);
}

function assertSecretKey(key: unknown, option: string): void {
  if (typeof key !== "string" && !(key instanceof Uint8Array))
    throw new OptionError(option, "must be text or bytes");
  const { length } = Buffer.from(key as string);
  if (length < LEAST_KEY_BYTES)
    throw new OptionError(option, `is ${length} bytes long, but must be at least ${LEAST_KEY_BYTES}`);
}
