import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { newSecretKey } from "lambda-sessions/keys";
import { parseSecretKeys } from "./secret-keys.ts";

/** The file with the keys of the local run, in a project's folder. */
export const SECRET_KEYS_FILE = ".local/secret-keys.json";

/** Maximum number of keys in a local list; one more removes the oldest. */
const MOST_KEYS = 10;

/**
 * The secret keys of the local run, kept in a file so that sessions outlive a restart. The file is made at
 * the first call, with one random key, for its owner only. It has the form of `SESSION_SECRET_KEYS`, a JSON
 * list.
 *
 * @throws LocalRunError when the file holds something else.
 */
export async function keptSecretKeys(file: string): Promise<string[]> {
  const text = (await readText(file)) ?? (await makeFile(file));
  return parseSecretKeys(text, file);
}

/**
 * Puts a new key in front of the list, which signs from now on. The others go on verifying, up to ten in all.
 * Nothing is published first: locally every function has the new list at its next event.
 *
 * @returns the new list
 * @throws LocalRunError when the file holds something else.
 */
export async function turnSecretKeys(file: string): Promise<string[]> {
  const keys = [newSecretKey(), ...(await keptSecretKeys(file))].slice(0, MOST_KEYS);
  const whole = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(whole, format(keys), { mode: 0o600, flag: "wx" });
  // A server that reads meanwhile finds the one list or the other.
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

async function makeFile(file: string): Promise<string> {
  const text = format([newSecretKey()]);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o600, flag: "wx" });
  return text;
}

function format(keys: readonly string[]): string {
  return `${JSON.stringify(keys)}\n`;
}
