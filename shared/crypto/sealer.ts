import type { KeyObject } from "node:crypto";
import { nodeCrypto } from "./node-crypto.ts";
import type { SecretKey, SecretKeys } from "./secret-keys.ts";
import { refusalByAge, type SignatureAge, type SignatureRefusal } from "./timestamp-signer.ts";

const { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } = nodeCrypto;

/** What a sealer needs: its keys, newest first and at least one, and what sets its texts apart from others. */
export interface SealerOptions {
  readonly keys: SecretKeys;
  /** Texts that were sealed under another salt do not open. */
  readonly salt: string;
  /** What the texts are, such as a cookie's name: one that was sealed under another name does not open. */
  readonly name: string;
}

/** What `unseal` found: the bytes and when they were sealed (seconds since the epoch), or why they do not count. */
export type Unsealed =
  | { readonly plain: Buffer; readonly sealedAt: number; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal };

/** What every sealed text begins with, and no signed one: it is not in their alphabet. */
export const SEALED = "~";

/** Goes into every key and every text. The figure is the version of the format. */
const FORMAT = "lambda-sessions sealed cookie 1";

const CIPHER = "aes-256-gcm";

/** The lengths of the parts, in bytes; before them stands the key's hint, which is one byte. */
const NONCE = 12;
const TIME = 6;
const TAG = 16;

interface SealingKey {
  readonly key: KeyObject;
  /** Says of a text which key to try, and nothing about the key: it is HKDF's next byte. */
  readonly hint: Buffer;
}

/**
 * Seals bytes together with the time, so that nobody without a key can read or change them: AES-256-GCM (NIST SP
 * 800-38D). docs/wire-format.md has the form to the byte.
 *
 * The first key seals, all open. Nonces are random, so that one key may seal 2^32 texts (SP 800-38D, section 8.3).
 */
export class Sealer {
  readonly #keys: readonly SealingKey[];
  readonly #sealing: SealingKey;
  readonly #bound: Buffer;

  /** @throws TypeError without a key */
  constructor({ keys, salt, name }: SealerOptions) {
    this.#keys = keys.map((key) => sealingKey(key, salt));
    const [sealing] = this.#keys;
    if (sealing === undefined) throw new TypeError("a sealer needs a key");
    this.#sealing = sealing;
    this.#bound = Buffer.from(`${FORMAT}:${name}`);
  }

  /** The bytes as sealed text, which is never the same twice; `now` in seconds since the epoch. */
  seal(plain: Uint8Array, now: number): string {
    const { key, hint } = this.#sealing;
    const nonce = randomBytes(NONCE);
    const time = Buffer.alloc(TIME);
    time.writeUIntBE(now, 0, TIME);
    const cipher = createCipheriv(CIPHER, key, nonce).setAAD(this.#bound);
    const sealed = [cipher.update(time), cipher.update(plain), cipher.final(), cipher.getAuthTag()];
    return SEALED + Buffer.concat([hint, nonce, ...sealed]).toString("base64url");
  }

  /** The bytes again and when they were sealed, or why they do not count. Anything may be given. */
  unseal(sealed: string, age: SignatureAge): Unsealed {
    const bytes = Buffer.from(sealed.slice(1), "base64url");
    const isOneSpelling = SEALED + bytes.toString("base64url") === sealed;
    if (!isOneSpelling || bytes.length <= NONCE + TIME + TAG) return { refusal: "malformed" };
    const opened = this.#open(bytes);
    if (opened === undefined) return { refusal: "bad_signature" };
    const sealedAt = opened.readUIntBE(0, TIME);
    const refusal = refusalByAge(sealedAt, age);
    return refusal === undefined ? { plain: opened.subarray(TIME), sealedAt } : { refusal };
  }

  #open(bytes: Buffer): Buffer | undefined {
    for (const { key, hint } of this.#keys) {
      if (bytes[0] !== hint[0]) continue;
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(1, 1 + NONCE)).setAAD(this.#bound);
      const opened = decipher.setAuthTag(bytes.subarray(-TAG)).update(bytes.subarray(1 + NONCE, -TAG));
      try {
        decipher.final();
        return opened;
      } catch {}
    }
    return undefined;
  }
}

function sealingKey(secretKey: SecretKey, salt: string): SealingKey {
  const derived = Buffer.from(hkdfSync("sha256", secretKey, salt, FORMAT, 33));
  return { key: createSecretKey(derived.subarray(0, 32)), hint: derived.subarray(32) };
}
