import { Hmac } from "./hmac.ts";
import { deriveKey, type KeyDerivationOptions } from "./key-derivation.ts";
import { nodeCrypto } from "./node-crypto.ts";
import type { SecretKeys } from "./secret-keys.ts";

const { timingSafeEqual } = nodeCrypto;

/** What a signer needs: its keys, newest first and at least one, and how they are used. */
export interface SignerOptions extends KeyDerivationOptions {
  readonly keys: SecretKeys;
}

/**
 * Signs text and verifies it: `value.signature` (itsdangerous, `Signer`).
 *
 * The first key signs, all verify. Each key is derived once, when the signer is made.
 */
export class Signer {
  readonly #hmacs: readonly Hmac[];
  readonly #signing: Hmac;
  readonly #signatureLength: number;

  /** @throws TypeError without a key */
  constructor(options: SignerOptions) {
    this.#hmacs = options.keys.map((key) => new Hmac(options.digest, deriveKey(key, options)));
    const [signing] = this.#hmacs;
    if (signing === undefined) throw new TypeError("a signer needs a key");
    this.#signing = signing;
    this.#signatureLength = signing.base64url("").length;
  }

  /** The value with its signature behind it. */
  sign(value: string): string {
    return `${value}.${this.#signing.base64url(value)}`;
  }

  /**
   * The value without its signature; `undefined` when no key made the signature.
   *
   * Signatures are compared as text, so that a second spelling of the same bytes is refused.
   */
  unsign(signed: string): string | undefined {
    const dot = signed.length - this.#signatureLength - 1;
    if (dot < 0 || signed[dot] !== ".") return undefined;
    const given = Buffer.from(signed.slice(dot + 1));
    if (given.length !== this.#signatureLength) return undefined;
    const value = signed.slice(0, dot);
    for (const hmac of this.#hmacs)
      if (timingSafeEqual(Buffer.from(hmac.base64url(value)), given)) return value;
    return undefined;
  }
}
