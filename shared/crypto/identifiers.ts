import { hash, randomBytes } from "node:crypto";
import { isNonEmptyString } from "../options/option-kind.ts";

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

/**
 * Returns the hash of an identity provider's session in base64url: the first 128 bits of the SHA-256 of the
 * issuer, followed by those of issuer and session id. Without a session id it is the first part alone, with
 * which the hashes of all sessions of this issuer begin.
 *
 * @throws TypeError when one of them is not a non-empty string
 */
export function hashProviderSession(issuer: string, sessionId?: string): string {
  if (![issuer, sessionId ?? issuer].every(isNonEmptyString))
    throw new TypeError("issuer and providerSessionId must be non-empty strings");
  const provider = toSessionId(issuer);
  // No issuer contains a space, because it is a URL.
  return sessionId === undefined ? provider : provider + toSessionId(`${issuer} ${sessionId}`);
}

/** Returns the id of the session to which a token's key belongs: the first 128 bits of the key's SHA-256. */
export function toSessionId(key: string): string {
  return hashIdentifier(key).slice(0, IDENTIFIER_LENGTH);
}
