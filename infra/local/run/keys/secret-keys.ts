import { LocalRunError } from "../local-run-error.ts";

const LEAST_KEY_BYTES = 32;

/**
 * Parses secret keys from a JSON array, newest first, each at least 32 bytes long.
 *
 * @param name name of the variable or file in the error, such as `SESSION_SECRET_KEYS`; no message contains a
 * key
 * @throws LocalRunError if the JSON is invalid, or a key is missing or too short
 */
export function parseSecretKeys(text: string, name: string): string[] {
  const keys = parseJson(text);
  if (!Array.isArray(keys) || !keys.every((key): key is string => typeof key === "string"))
    throw new LocalRunError(`${name} must be a JSON array of secret keys, newest first, such as ["..."].`);
  if (keys.length === 0)
    throw new LocalRunError(
      `${name} contains no key, so no session could be stored. Add a string of ${LEAST_KEY_BYTES} bytes or more.`,
    );
  const short = keys.findIndex((key) => Buffer.byteLength(key) < LEAST_KEY_BYTES);
  if (short >= 0)
    throw new LocalRunError(
      `${name}: key ${short + 1} of the array is shorter than ${LEAST_KEY_BYTES} bytes. Use ${LEAST_KEY_BYTES} random bytes or more.`,
    );
  return keys;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
