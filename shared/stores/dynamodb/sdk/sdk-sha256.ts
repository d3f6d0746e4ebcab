import { createHash, createHmac, createSecretKey, type Hash, type Hmac } from "node:crypto";

/** String or bytes. */
type Source = string | ArrayBuffer | ArrayBufferView;

/**
 * Computes SHA-256 and its HMAC for the AWS SDK's signatures. The SDK's own class passes the key to
 * `createHmac` as bytes, for which Node needs six times as long as for a KeyObject.
 */
export class SdkSha256 {
  readonly #secret: Source | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: Source) {
    this.#secret = secret;
    this.#hash = hashWith(secret);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = hashWith(this.#secret);
  }
}

function hashWith(secret: Source | undefined): Hash | Hmac {
  if (!secret) return createHash("sha256");
  return createHmac("sha256", typeof secret === "string" ? secret : createSecretKey(bytesOf(secret)));
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
