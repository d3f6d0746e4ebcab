import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import { type Digest, deriveKey, type KeyDerivationOptions } from "./key-derivation.ts";
import type { SecretKeys } from "./secret-keys.ts";

/** What a signer needs: its keys, newest first, and how they are used. */
export interface SignerOptions extends KeyDerivationOptions {
  readonly keys: SecretKeys;
}

/**
 * Signs text and verifies it: `value.signature` (itsdangerous, `Signer`).
 *
 * The first key signs, all verify. Each key is derived once, when the signer is made.
 */
export class Signer {
  readonly #keys: readonly KeyObject[];
  readonly #digest: Digest;
  readonly #signatureLength: number;

  constructor(options: SignerOptions) {
    this.#keys = options.keys.map((key) => deriveKey(key, options));
    this.#digest = options.digest;
    this.#signatureLength = this.#signature("", this.#keys[0] as KeyObject).length;
  }

  /** The value with its signature behind it. */
  sign(value: string): string {
    return `${value}.${this.#signature(value, this.#keys[0] as KeyObject)}`;
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
    for (const key of this.#keys) if (this.#matches(value, given, key)) return value;
    return undefined;
  }

  #matches(value: string, given: Buffer, key: KeyObject): boolean {
    return timingSafeEqual(Buffer.from(this.#signature(value, key)), given);
  }

  #signature(value: string, key: KeyObject): string {
    return createHmac(this.#digest, key).update(value).digest("base64url");
  }
}
