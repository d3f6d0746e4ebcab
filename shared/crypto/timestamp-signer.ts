import { Hmac } from "./hmac.ts";
import { deriveKey, type KeyDerivationOptions } from "./key-derivation.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { newestOf, type SecretKeys } from "./secret-keys.ts";

const { timingSafeEqual } = nodeCrypto;

/** Options of a signer. `keys` contains at least one secret key, newest first. */
export interface SignerOptions extends KeyDerivationOptions {
  readonly keys: SecretKeys;
}

/** Limits of a signature's age. All times are in seconds. */
export interface SignatureAge {
  /** The current time, since the epoch. */
  readonly now: number;
  /** The maximum age of a signature. */
  readonly maxAge: number;
  /** The maximum time by which the clock of the signing machine may be ahead. */
  readonly clockSkew: number;
}

/** Reason for which a signed string is refused. */
export type SignatureRefusal = "malformed" | "bad_signature" | "expired" | "signed_in_future";

/** Result of `unsign`: the value and its time (seconds since the epoch), or the reason of the refusal. */
export type Unsigned =
  | { readonly value: string; readonly signedAt: number; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal };

/** Signs strings together with the time: `value.timestamp.signature` (itsdangerous, `TimestampSigner`). */
export class TimestampSigner {
  readonly #signer: Signer;

  constructor(options: SignerOptions) {
    this.#signer = new Signer(options);
  }

  /** Returns the value, followed by the time (seconds since the epoch) and a signature of both. */
  sign(value: string, now: number): string {
    return this.#signer.sign(`${value}.${encodeTimestamp(now)}`);
  }

  /** Returns the value and its time, or the reason of the refusal. Accepts any string and never throws. */
  unsign(signed: string, age: SignatureAge): Unsigned {
    const end = signed.lastIndexOf(".");
    const dot = signed.lastIndexOf(".", end - 1);
    if (end < 1 || dot < 0) return { refusal: "malformed" };
    if (this.#signer.unsign(signed) === undefined) return { refusal: "bad_signature" };
    const signedAt = decodeTimestamp(signed.slice(dot + 1, end));
    if (signedAt === undefined) return { refusal: "malformed" };
    const refusal = refusalByAge(signedAt, age);
    return refusal === undefined ? { value: signed.slice(0, dot), signedAt } : { refusal };
  }
}

/**
 * Signs and verifies strings: `value.signature` (itsdangerous, `Signer`). The first key signs, all keys
 * verify.
 */
export class Signer {
  readonly #hmacs: readonly Hmac[];
  readonly #signing: Hmac;
  /** Buffers for the comparison of the signature that was sent with the signature of a key. */
  readonly #given: Buffer;
  readonly #expected: Buffer;

  /** @throws TypeError if there is no key */
  constructor(options: SignerOptions) {
    this.#hmacs = options.keys.map((key) => new Hmac(options.digest, deriveKey(key, options)));
    this.#signing = newestOf(this.#hmacs);
    this.#given = Buffer.from(this.#signing.base64url(""));
    this.#expected = Buffer.from(this.#given);
  }

  /** Returns the value, followed by its signature. */
  sign(value: string): string {
    return `${value}.${this.#signing.base64url(value)}`;
  }

  /**
   * Returns the value without its signature, or `undefined` if no key made the signature. Signatures are
   * compared as strings, because base64 can encode the same bytes in several ways and only one is accepted.
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

/** Returns the reason for which a signature of this time is refused, or `undefined` if it is accepted. */
export function refusalByAge(
  signedAt: number,
  { now, maxAge, clockSkew }: SignatureAge,
): SignatureRefusal | undefined {
  if (signedAt > now + clockSkew) return "signed_in_future";
  return signedAt + maxAge < now ? "expired" : undefined;
}

/** Maximum bytes of a timestamp, because longer integers lose digits. Six last for eight million years. */
const MOST_BYTES = 6;

/** Buffer for the bytes of one timestamp. Its additional space shows when a string encodes too many bytes. */
const bytes = Buffer.alloc(2 * MOST_BYTES);

/** Returns the bytes of the time without leading zeros, but at least one byte, in the URL-safe alphabet. */
function encodeTimestamp(seconds: number): string {
  bytes.writeUIntBE(seconds, 0, MOST_BYTES);
  let start = 0;
  while (start < MOST_BYTES - 1 && bytes[start] === 0) start++;
  return bytes.toString("base64url", start, MOST_BYTES);
}

/** Returns the time in a signed string (seconds since the epoch), or `undefined` if there is none. */
export function decodeTimestamp(text: string): number | undefined {
  const length = bytes.write(text, "base64url");
  return length > 0 && length <= MOST_BYTES ? bytes.readUIntBE(0, length) : undefined;
}
