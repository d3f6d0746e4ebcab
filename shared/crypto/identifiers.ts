import { hash, randomBytes } from "node:crypto";

/** Returns 128 random bits as a string in the URL-safe alphabet. */
export function randomText(): string {
  return randomBytes(16).toString("base64url");
}

/** Returns the SHA-256 of a string, in base64url: all that a store may hold of a token or a user's id. */
export function hashOf(text: string): string {
  return hash("sha256", text, "base64url");
}

/** Returns the id of the session that a token's key finds: the first 128 bits of the key's SHA-256. */
export function idOf(key: string): string {
  return hashOf(key).slice(0, KEY_LENGTH);
}

/** The length of `randomText()` and of an id, in characters. */
export const KEY_LENGTH = 22;
