import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseSecretKeys } from "./secret-keys.ts";

/**
 * The secret keys of the local run, kept in a file so that sessions outlive a restart. The file is made at the
 * first call, with one random key, for its owner only. It has the form of `SESSION_SECRET_KEYS`, a JSON list.
 *
 * @throws LocalRunError when the file holds something else.
 */
export async function keptSecretKeys(file: string): Promise<string[]> {
  const text = (await readText(file)) ?? (await makeFile(file));
  return parseSecretKeys(text, file);
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
  const text = `${JSON.stringify([randomBytes(48).toString("base64url")])}\n`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o600, flag: "wx" });
  return text;
}
