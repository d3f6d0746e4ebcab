import { Hmac } from "./hmac.ts";
import { deriveKey, type KeyDerivationOptions } from "./key-derivation.ts";
import { nodeCrypto } from "./node-crypto.ts";
import type { SecretKeys } from "./secret-keys.ts";

const { timingSafeEqual } = nodeCrypto;

/** What a signer needs: its keys, newest first and at least one, and how they are used. */
export interface SignerOptions extends KeyDerivationOptions {
  readonly keys: SecretKeys;
}

/** When a signature counts, all in seconds. */
export interface SignatureAge {
  /** The time now, since the epoch. */
  readonly now: number;
  /** The age up to which a signature counts. */
  readonly maxAge: number;
  /** How far the signing clock may have been ahead. */
  readonly clockSkew: number;
}

/** Why a signed string is refused. */
export type SignatureRefusal = "malformed" | "bad_signature" | "expired" | "signed_in_future";

/** What `unsign` found: the value and when it was signed (seconds since the epoch), or why it does not count. */
export type Unsigned =
  | { readonly value: string; readonly signedAt: number; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal };

/** Signs text together with the time: `value.timestamp.signature` (itsdangerous, `TimestampSigner`). */
export class TimestampSigner {
  readonly #signer: Signer;

  constructor(options: SignerOptions) {
    this.#signer = new Signer(options);
  }

  /** The value with the time (seconds since the epoch) and a signature over both behind it. */
  sign(value: string, now: number): string {
    return this.#signer.sign(`${value}.${encodeTimestamp(now)}`);
  }

  /** The value and when it was signed, or why it does not count. Anything may be given. */
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

/** Why something that was signed at this time does not count now; `undefined` when it does. */
export function refusalByAge(
  signedAt: number,
  { now, maxAge, clockSkew }: SignatureAge,
): SignatureRefusal | undefined {
  if (signedAt > now + clockSkew) return "signed_in_future";
  return signedAt + maxAge < now ? "expired" : undefined;
}

/** Longer numbers lose digits in JavaScript. Six bytes last for eight million years. */
const MOST_BYTES = 6;

/** The bytes of one timestamp, and room that shows when a text has more of them. */
const bytes = Buffer.alloc(2 * MOST_BYTES);

/** Returns the bytes of the time without leading zeros, but at least one. */
function encodeTimestamp(seconds: number): string {
  bytes.writeUIntBE(seconds, 0, MOST_BYTES);
  let start = 0;
  while (start < MOST_BYTES - 1 && bytes[start] === 0) start++;
  return bytes.toString("base64url", start, MOST_BYTES);
}

/** Returns the time in a signed text (seconds since the epoch), or `undefined` if there is none. */
export function decodeTimestamp(text: string): number | undefined {
  const length = bytes.write(text, "base64url");
  return length > 0 && length <= MOST_BYTES ? bytes.readUIntBE(0, length) : undefined;
}
