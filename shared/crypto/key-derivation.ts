import { type Digest, Hmac } from "./hmac.ts";
import { nodeCrypto } from "./node-crypto.ts";
import type { SecretKey } from "./secret-keys.ts";

const { hash } = nodeCrypto;

/**
 * Methods that derive a signing key from a secret key and a salt, named as itsdangerous'
 * `Signer.key_derivation`.
 */
export const KEY_DERIVATIONS = ["hmac", "concat", "django-concat", "none"] as const;
export type KeyDerivation = (typeof KEY_DERIVATIONS)[number];

/** Options that give each signer signing keys of its own. */
export interface KeyDerivationOptions {
  readonly salt: string;
  readonly digest: Digest;
  readonly keyDerivation: KeyDerivation;
}

/** Returns the signing key (itsdangerous, `Signer.derive_key`). */
export function deriveKey(
  secretKey: SecretKey,
  { salt, digest, keyDerivation }: KeyDerivationOptions,
): Buffer {
  const secret = Buffer.from(secretKey as string);
  switch (keyDerivation) {
    case "hmac":
      return new Hmac(digest, secret).bytes(salt);
    case "concat":
      return hash(digest, Buffer.concat([Buffer.from(salt), secret]), "buffer");
    case "django-concat":
      return hash(digest, Buffer.concat([Buffer.from(`${salt}signer`), secret]), "buffer");
    case "none":
      return secret;
  }
}
