import { hash } from "node:crypto";

const BLOCK = 64;
const DIGEST = 32;
/** Maximum bytes of the signed string: 4096 characters do not fit into a cookie. */
const MOST_TEXT = 3 * 4096;

/**
 * Computes HMAC-SHA-256 as two one-shot hashes over prepared pads (RFC 2104), in less than half of
 * `createHmac`'s time.
 *
 * @param key at most 64 bytes
 */
export function oneShotHmac(key: Uint8Array): (text: string) => string {
  const inner = Buffer.alloc(BLOCK + MOST_TEXT, 0x36);
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
  key.forEach((byte, index) => {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  });
  return (text) => {
    // Encodes as UTF-8, because latin1 keeps only the low byte of each character and would sign two strings
    // alike.
    const length = inner.write(text, BLOCK, "utf8");
    outer.write(hash("sha256", inner.subarray(0, BLOCK + length), "binary"), BLOCK, "latin1");
    return hash("sha256", outer, "base64url");
  };
}
