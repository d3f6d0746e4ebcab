import { nodeCrypto } from "./node-crypto.ts";

const { hash } = nodeCrypto;

/** Hash functions for signatures, with the size of their block and of their output in bytes. */
const SIZES = {
  sha1: { block: 64, output: 20 },
  sha256: { block: 64, output: 32 },
  sha512: { block: 128, output: 64 },
} as const;

/** Name of a hash function, as in OpenSSL and itsdangerous. */
export type Digest = keyof typeof SIZES;

/** Names of the hash functions for signatures. */
export const DIGESTS = Object.keys(SIZES) as readonly Digest[];

/**
 * Maximum length, in UTF-16 code units, of a string that is hashed without a new buffer. No cookie is longer.
 */
const USUAL_LENGTH = 4096;

/** Maximum number of UTF-8 bytes for one UTF-16 code unit. */
const MOST_BYTES = 3;

/**
 * Computes HMACs with one key: hash(key ^ opad, hash(key ^ ipad, text)) (RFC 2104, section 2). Both pads are
 * computed once, in the constructor.
 *
 * It takes half the time of `createHmac`. `test/shared/crypto/hmac.test.ts` compares the results of both.
 */
export class Hmac {
  readonly #digest: Digest;
  readonly #block: number;
  /** The inner pad, followed by space for the text. */
  readonly #inner: Buffer;
  /** The outer pad, followed by space for the inner hash. */
  readonly #outer: Buffer;

  /** @param key any number of bytes; a key that is longer than a block is hashed first */
  constructor(digest: Digest, key: Uint8Array) {
    const { block, output } = SIZES[digest];
    const bytes = key.length > block ? hash(digest, key, "buffer") : key;
    this.#digest = digest;
    this.#block = block;
    this.#inner = pad(bytes, 0x36, block, USUAL_LENGTH * MOST_BYTES);
    this.#outer = pad(bytes, 0x5c, block, output);
  }

  /** Returns the HMAC of the string's UTF-8 bytes. */
  bytes(text: string): Buffer {
    return hash(this.#digest, this.#fillOuter(text), "buffer");
  }

  /** Returns the HMAC of the string's UTF-8 bytes in the URL-safe alphabet, without padding. */
  base64url(text: string): string {
    return hash(this.#digest, this.#fillOuter(text), "base64url");
  }

  /**
   * Returns the outer pad followed by the inner hash. The inner hash is passed as `binary`, one character per
   * byte (Node's other name for latin1), because that is fastest.
   */
  #fillOuter(text: string): Buffer {
    const inner = this.#bufferFor(text);
    const end = this.#block + inner.write(text, this.#block, "utf8");
    this.#outer.write(hash(this.#digest, inner.subarray(0, end), "binary"), this.#block, "latin1");
    return this.#outer;
  }

  #bufferFor(text: string): Buffer {
    if (text.length <= USUAL_LENGTH) return this.#inner;
    return Buffer.concat([this.#inner.subarray(0, this.#block), Buffer.alloc(text.length * MOST_BYTES)]);
  }
}

/**
 * Returns the key padded with zeros to one block and XORed with `mask`, followed by `room` bytes of space.
 */
function pad(key: Uint8Array, mask: number, block: number, room: number): Buffer {
  const padded = Buffer.alloc(block + room);
  padded.set(key);
  for (let index = 0; index < block; index++) padded[index] = (padded[index] ?? 0) ^ mask;
  return padded;
}
