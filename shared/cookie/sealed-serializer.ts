import { SEALED, Sealer } from "../crypto/sealer.ts";
import type { SignatureAge } from "../crypto/timestamp-signer.ts";
import type { PlainObject } from "../values/plain-object.ts";
import { packJSON, unpackJSON } from "./payload.ts";
import {
  type SerializerOptions,
  URLSafeTimedSerializer,
  type Verified,
} from "./url-safe-timed-serializer.ts";

/** Options of the serializer: those for signed texts, and the name to which sealed texts are bound. */
export interface SealedSerializerOptions extends SerializerOptions {
  /** The name of the cookie. */
  readonly name: string;
}

/**
 * Serializes objects as sealed text with the time. Signed texts are read too, but never written. A text that
 * begins like a sealed one is never read as a signed one.
 */
export class SealedSerializer extends URLSafeTimedSerializer {
  readonly #options: SealedSerializerOptions;
  readonly #sealer: Sealer;

  constructor(options: SealedSerializerOptions) {
    super(options);
    this.#options = options;
    this.#sealer = new Sealer(options);
  }

  override dumps(values: PlainObject, now: number): string {
    const { json, compress } = this.#options;
    const { mark, bytes } = packJSON(json.dumps(values), compress);
    return this.#sealer.seal(Buffer.concat([Buffer.from(mark), bytes]), now);
  }

  override verify(text: string, age: SignatureAge): Verified {
    if (!text.startsWith(SEALED)) return super.verify(text, age);
    const unsealed = this.#sealer.unseal(text, age);
    if (unsealed.refusal !== undefined) return unsealed;
    return { signedAt: unsealed.sealedAt, read: () => this.parse(unpack, unsealed.plain) };
  }
}

/** Returns the JSON. It never begins with a dot, so a dot marks compression. */
function unpack(plain: Buffer): string {
  const mark = plain[0] === 0x2e ? "." : "";
  return unpackJSON({ mark, bytes: plain.subarray(mark.length) });
}
