import type { SignerOptions } from "../crypto/signer.ts";
import { type SignatureAge, type SignatureRefusal, TimestampSigner } from "../crypto/timestamp-signer.ts";
import { decodePayload, encodePayload } from "./payload.ts";
import { type Dictionary, isDictionary } from "./plain-object.ts";
import type { TaggedJSON } from "./tagged-json.ts";

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
  | { readonly values: Dictionary; readonly signedAt: number; readonly refusal?: never }
  | { readonly refusal: Refusal };

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
  dumps(values: Dictionary, now: number): string {
    return this.#signer.sign(encodePayload(this.#json.dumps(values), this.#compress), now);
  }

  /** The dictionary again, or why there is none. Nothing is inflated or parsed before the signature holds. */
  loads(signed: string, age: SignatureAge): Loaded {
    const unsigned = this.#signer.unsign(signed, age);
    if (unsigned.refusal !== undefined) return unsigned;
    const values = this.#parse(unsigned.value);
    return values === undefined ? { refusal: "unreadable_payload" } : { values, signedAt: unsigned.signedAt };
  }

  #parse(payload: string): Dictionary | undefined {
    try {
      const values = this.#json.loads(decodePayload(payload));
      return typeof values === "object" && values !== null && isDictionary(values) ? values : undefined;
    } catch {
      return undefined;
    }
  }
}
