import { Signer, type SignerOptions } from "./signer.ts";

/** When a signature counts, all in seconds. */
export interface SignatureAge {
  /** The time now, since the epoch. */
  readonly now: number;
  /** The age up to which a signature counts. */
  readonly maxAge: number;
  /** How far the signing clock may have been ahead. */
  readonly clockSkew: number;
}

/** Why a signed text does not count. */
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
