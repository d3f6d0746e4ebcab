import { LocalRunError } from "../local-run-error.ts";

const LEAST_KEY_BYTES = 32;

/**
 * The secret keys of a JSON list, newest first, each at least 32 bytes long.
 *
 * @param name what the text is called in the error, such as `SESSION_SECRET_KEYS`; no message holds a key.
 * @throws LocalRunError
 */
export function parseSecretKeys(text: string, name: string): string[] {
  const keys = parsed(text);
  if (!Array.isArray(keys) || !keys.every((key): key is string => typeof key === "string"))
    throw new LocalRunError(`${name} must be a JSON list of secret keys, newest first, such as ["..."].`);
  if (keys.length === 0) throw new LocalRunError(`${name} holds no key, so no session could be stored.`);
  const short = keys.findIndex((key) => Buffer.byteLength(key) < LEAST_KEY_BYTES);
  if (short >= 0)
    throw new LocalRunError(
      `${name}: key ${short + 1} of the list is shorter than ${LEAST_KEY_BYTES} bytes.`,
    );
  return keys;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
