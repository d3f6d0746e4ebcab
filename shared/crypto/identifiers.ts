import { hash, randomBytes } from "node:crypto";

/** The length of an identifier and of a session's id, in characters. */
export const IDENTIFIER_LENGTH = 22;

/** Returns 128 random bits as a string in the URL-safe alphabet. */
export function createIdentifier(): string {
  return randomBytes(16).toString("base64url");
}

/** Returns the SHA-256 of a token or a user's id in base64url. Stores receive only this hash. */
export function hashIdentifier(identifier: string): string {
  return hash("sha256", identifier, "base64url");
}

/** Returns the id of the session to which a token's key belongs: the first 128 bits of the key's SHA-256. */
export function toSessionId(key: string): string {
  return hashIdentifier(key).slice(0, IDENTIFIER_LENGTH);
}
