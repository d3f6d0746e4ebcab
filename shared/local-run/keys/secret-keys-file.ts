import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { LEAST_KEY_BYTES } from "../../crypto/secret-keys.ts";
import { newSecretKey } from "../../keys/key-ring.ts";
import { LocalRunError, toFileError } from "../local-run-error.ts";

/** File with the secret keys of the local run, in a project's folder. */
export const SECRET_KEYS_FILE = ".local/secret-keys.json";

/** Maximum number of keys in the file. Another one removes the oldest. */
const MOST_KEYS = 10;

/**
 * Returns the secret keys of the local run from their file, so that sessions survive a restart. The first
 * call creates the file with one random key, readable by its owner only. The file contains a JSON array, like
 * `SESSION_SECRET_KEYS`.
 *
 * @throws LocalRunError if the file contains anything else, or cannot be read and written
 */
export async function readSecretKeys(file: string): Promise<string[]> {
  const text = (await readText(file)) ?? (await createFile(file));
  return parseSecretKeys(text, file);
}

/**
 * Adds a new key to the beginning of the array, which signs from then on. The other keys still verify, up to
 * ten in all. The new key is not published first, because every local function reads the new array before its
 * next event.
 *
 * @returns the new array
 * @throws LocalRunError as `readSecretKeys` does
 */
export async function rotateSecretKeys(file: string): Promise<string[]> {
  const keys = [newSecretKey(), ...(await readSecretKeys(file))].slice(0, MOST_KEYS);
  const whole = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(whole, format(keys), { mode: 0o600, flag: "wx" });
    // A server that reads at the same time sees either the old file or the new one.
    await rename(whole, file);
  } catch (error) {
    throw toFileError(error, dirname(file));
  }
  return keys;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw toFileError(error, file);
  }
}

async function createFile(file: string): Promise<string> {
  const text = format([newSecretKey()]);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw toFileError(error, dirname(file));
  }
  return text;
}

function format(keys: readonly string[]): string {
  return `${JSON.stringify(keys)}\n`;
}

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
