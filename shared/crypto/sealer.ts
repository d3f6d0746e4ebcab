import type { KeyObject } from "node:crypto";
import { nodeCrypto } from "./node-crypto.ts";
import { newestOf, type SecretKey, type SecretKeys } from "./secret-keys.ts";
import { refusalByAge, type SignatureAge, type SignatureRefusal } from "./timestamp-signer.ts";

const { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } = nodeCrypto;

/** Options of a sealer. `keys` contains at least one secret key, newest first. */
export interface SealerOptions {
  readonly keys: SecretKeys;
  /** Strings that were sealed with another salt are refused. */
  readonly salt: string;
  /**
   * Name of the sealed string, such as the name of its cookie. Strings that were sealed with another name are
   * refused.
   */
  readonly name: string;
}

/** Result of `unseal`: the bytes and their time (seconds since the epoch), or the reason of the refusal. */
export type Unsealed =
  | { readonly plain: Buffer; readonly sealedAt: number; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal };

/**
 * First character of every sealed string. No signed string contains it, because it is not in their alphabet.
 */
export const SEALED = "~";

/** Input to every derived key and every sealed string. It ends with the version of the format. */
const FORMAT = "lambda-sessions sealed cookie 1";

const CIPHER = "aes-256-gcm";

/** Lengths of the parts in bytes. They follow the hint of the key, which is one byte. */
const NONCE = 12;
const TIME = 6;
const TAG = 16;

interface SealingKey {
  readonly key: KeyObject;
  /**
   * Shows which key to try for a sealed string. It is the next byte of HKDF's output and reveals nothing
   * about the key.
   */
  readonly hint: Buffer;
}

/**
 * Seals bytes together with the time, so that nobody without a key can read or change them: AES-256-GCM (NIST
 * SP 800-38D). docs/wire-format.md defines each byte.
 *
 * The first key seals, all keys open. Nonces are random, so one key may seal at most 2^32 strings (SP
 * 800-38D, section 8.3).
 */
export class Sealer {
  readonly #keys: readonly SealingKey[];
  readonly #sealing: SealingKey;
  readonly #bound: Buffer;

  /** @throws TypeError if there is no key */
  constructor({ keys, salt, name }: SealerOptions) {
    this.#keys = keys.map((key) => deriveSealingKey(key, salt));
    this.#sealing = newestOf(this.#keys);
    this.#bound = Buffer.from(`${FORMAT}:${name}`);
  }

  /** Returns the bytes as a sealed string, different for each call. `now` is in seconds since the epoch. */
  seal(plain: Uint8Array, now: number): string {
    const { key, hint } = this.#sealing;
    const nonce = randomBytes(NONCE);
    const time = Buffer.alloc(TIME);
    time.writeUIntBE(now, 0, TIME);
    const cipher = createCipheriv(CIPHER, key, nonce).setAAD(this.#bound);
    const sealed = [cipher.update(time), cipher.update(plain), cipher.final(), cipher.getAuthTag()];
    return SEALED + Buffer.concat([hint, nonce, ...sealed]).toString("base64url");
  }

  /** Returns the bytes and their time, or the reason of the refusal. Accepts any string and never throws. */
  unseal(sealed: string, age: SignatureAge): Unsealed {
    const bytes = Buffer.from(sealed.slice(1), "base64url");
    const isCanonical = SEALED + bytes.toString("base64url") === sealed;
    if (!isCanonical || bytes.length <= NONCE + TIME + TAG) return { refusal: "malformed" };
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

function deriveSealingKey(secretKey: SecretKey, salt: string): SealingKey {
  const derived = Buffer.from(hkdfSync("sha256", secretKey, salt, FORMAT, 33));
  return { key: createSecretKey(derived.subarray(0, 32)), hint: derived.subarray(32) };
}
