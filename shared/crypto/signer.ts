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
  /** The bytes of two signatures while they are compared: the one that was sent, and the one of a key. */
  readonly #given: Buffer;
  readonly #expected: Buffer;

  /** @throws TypeError without a key */
  constructor(options: SignerOptions) {
    this.#hmacs = options.keys.map((key) => new Hmac(options.digest, deriveKey(key, options)));
    const [signing] = this.#hmacs;
    if (signing === undefined) throw new TypeError("a signer needs a key");
    this.#signing = signing;
    this.#given = Buffer.from(signing.base64url(""));
    this.#expected = Buffer.from(this.#given);
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
    const { length } = this.#expected;
    const dot = signed.length - length - 1;
    if (dot < 0 || signed[dot] !== ".") return undefined;
    if (this.#given.write(signed.slice(dot + 1)) !== length) return undefined;
    const value = signed.slice(0, dot);
    for (const hmac of this.#hmacs) {
      this.#expected.write(hmac.base64url(value), "latin1");
      if (timingSafeEqual(this.#expected, this.#given)) return value;
    }
    return undefined;
  }
}
