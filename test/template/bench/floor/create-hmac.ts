import { createHmac, createSecretKey } from "node:crypto";

/** Signs with HMAC-SHA-256 as Node's documentation shows it, with the key as a KeyObject. */
export function createHmacSignature(key: Uint8Array): (text: string) => string {
  const keyObject = createSecretKey(key);
  return (text) => createHmac("sha256", keyObject).update(text).digest("base64url");
}
