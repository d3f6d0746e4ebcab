import {
  type SignatureAge,
  type SignatureRefusal,
  type SignerOptions,
  TimestampSigner,
} from "../crypto/timestamp-signer.ts";
import { isPlainObject, type PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import { decodePayload, encodePayload } from "./payload.ts";

/** What the serializer needs: keys, salt and digest of the signer, and how the payload is written. */
export interface SerializerOptions extends SignerOptions {
  readonly json: TaggedJSON;
  /** Whether to compress payloads where that makes them shorter. */
  readonly compress: boolean;
}

/** Why a text is no session of ours. */
export type Refusal = SignatureRefusal | "unreadable_payload";

/** The dictionary and when it was signed (seconds since the epoch), or why there is none. */
export type Loaded =
  | { readonly values: PlainObject; readonly signedAt: number; readonly refusal?: never }
  | { readonly refusal: Refusal };

/** When a text was signed and what reads the dictionary in it, `undefined` where it is none; or why it does not count. */
export type Verified =
  | { readonly signedAt: number; readonly read: () => PlainObject | undefined; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal };

/** Dictionaries as signed text, with the time: Flask's cookie format (itsdangerous, `URLSafeTimedSerializer`). */
export class URLSafeTimedSerializer {
  readonly #signer: TimestampSigner;
  readonly #json: TaggedJSON;
  readonly #compress: boolean;

  constructor(options: SerializerOptions) {
    this.#signer = new TimestampSigner(options);
    this.#json = options.json;
    this.#compress = options.compress;
  }

  /**
   * The dictionary as signed text.
   *
   * @param now seconds since the epoch
   * @throws UnstorableValueError that names the path to what cannot be stored
   */
  dumps(values: PlainObject, now: number): string {
    return this.#signer.sign(encodePayload(this.#json.dumps(values), this.#compress), now);
  }

  /** The dictionary again, or why there is none. Nothing is inflated or parsed before the signature holds. */
  loads(signed: string, age: SignatureAge): Loaded {
    const verified = this.verify(signed, age);
    if (verified.refusal !== undefined) return verified;
    const values = verified.read();
    return values === undefined ? { refusal: "unreadable_payload" } : { values, signedAt: verified.signedAt };
  }

  /** The first half of `loads`, and what does the second, which takes most of the time. */
  verify(signed: string, age: SignatureAge): Verified {
    const unsigned = this.#signer.unsign(signed, age);
    if (unsigned.refusal !== undefined) return unsigned;
    return { signedAt: unsigned.signedAt, read: () => this.parse(decodePayload, unsigned.value) };
  }

  /** Returns the dictionary in a payload, or `undefined` if `unpack` throws or there is none in the JSON. */
  protected parse<Packed>(unpack: (packed: Packed) => string, packed: Packed): PlainObject | undefined {
    try {
      const values = this.#json.loads(unpack(packed));
      return typeof values === "object" && values !== null && isPlainObject(values) ? values : undefined;
    } catch {
      return undefined;
    }
  }
}
