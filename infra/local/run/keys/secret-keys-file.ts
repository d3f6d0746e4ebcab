import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { newSecretKey } from "lambda-sessions/keys";
import { parseSecretKeys } from "./secret-keys.ts";

/** File with the secret keys of the local run, in a project's folder. */
export const SECRET_KEYS_FILE = ".local/secret-keys.json";

/** Maximum number of keys in the file. Another one removes the oldest. */
const MOST_KEYS = 10;

/**
 * Returns the secret keys of the local run from their file, so that sessions survive a restart. The first
 * call creates the file with one random key, readable by its owner only. The file contains a JSON array, like
 * `SESSION_SECRET_KEYS`.
 *
 * @throws LocalRunError if the file contains anything else
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
 * @throws LocalRunError if the file contains anything else
 */
export async function rotateSecretKeys(file: string): Promise<string[]> {
  const keys = [newSecretKey(), ...(await readSecretKeys(file))].slice(0, MOST_KEYS);
  const whole = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(whole, format(keys), { mode: 0o600, flag: "wx" });
  // A server that reads at the same time sees either the old file or the new one.
  await rename(whole, file);
  return keys;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function createFile(file: string): Promise<string> {
  const text = format([newSecretKey()]);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o600, flag: "wx" });
  return text;
}

function format(keys: readonly string[]): string {
  return `${JSON.stringify(keys)}\n`;
}
