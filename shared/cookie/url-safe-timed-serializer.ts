import {
  type SignatureAge,
  type SignatureRefusal,
  type SignerOptions,
  TimestampSigner,
} from "../crypto/timestamp-signer.ts";
import { isObject, isPlainObject, type PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import { decodePayload, encodePayload } from "./payload.ts";

/** Options of the serializer: those of the signer, and the encoding of the payload. */
export interface SerializerOptions extends SignerOptions {
  /** The JSON that encodes values. */
  readonly json: TaggedJSON;
  /** True if payloads are compressed when that makes them shorter. */
  readonly compress: boolean;
}

/**
 * Time at which a text was signed and a function that parses its object (`undefined` if unreadable), or the
 * reason of its refusal.
 */
export type Verified =
  | { readonly signedAt: number; readonly read: () => PlainObject | undefined; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal };

/**
 * Serializes objects as signed text with the time, in Flask's format (itsdangerous,
 * `URLSafeTimedSerializer`).
 */
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
   * Returns an object as signed text.
   *
   * @param now seconds since the epoch
   * @throws UnstorableValueError that names the path to the value that cannot be stored
   */
  dumps(values: PlainObject, now: number): string {
    return this.#signer.sign(encodePayload(this.#json.dumps(values), this.#compress), now);
  }

  /** Verifies a text. Inflating and parsing it takes most of the time, and is left to `read`. */
  verify(signed: string, age: SignatureAge): Verified {
    const unsigned = this.#signer.unsign(signed, age);
    if (unsigned.refusal !== undefined) return unsigned;
    return { signedAt: unsigned.signedAt, read: () => this.parse(decodePayload, unsigned.value) };
  }

  /** Returns the object in a payload, or `undefined` if `unpack` throws or the JSON is no object. */
  protected parse<Packed>(unpack: (packed: Packed) => string, packed: Packed): PlainObject | undefined {
    try {
      const values = this.#json.loads(unpack(packed));
      return isObject(values) && isPlainObject(values) ? values : undefined;
    } catch {
      return undefined;
    }
  }
}
