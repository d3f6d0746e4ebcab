import { describe, expect, test } from "vitest";
import { DIGESTS, type Digest } from "../../../shared/crypto/hmac.ts";
import { deriveKey, KEY_DERIVATIONS, type KeyDerivation } from "../../../shared/crypto/key-derivation.ts";

const SECRET = "a secret key of 32 bytes or more";

/** Keys that itsdangerous 2.2 derives from SECRET and the salt `cookie-session`. */
const DERIVED: readonly (readonly [Digest, KeyDerivation, string])[] = [
  ["sha1", "hmac", "7015d3b0bf92d14042ad4778a909ddce7d4b43f7"],
  ["sha1", "concat", "de14427e7f9bdbe3b943d161d29cee5fcc9efc7b"],
  ["sha1", "django-concat", "796f944303994805d95ebcca439423e924d462db"],
  ["sha256", "hmac", "0db0b0edc031e6e5e46dd4c69a0576330c278f672b9537c2b4f6a1f3da44ad90"],
  ["sha256", "concat", "c50f084f81d7bd402578cf0812d39c252121d408d2a0437136512443ffc02a2b"],
  ["sha256", "django-concat", "1863f5f7a4996c37403e4b0d368c31c58515825061870ee9080008033d090f52"],
  [
    "sha512",
    "hmac",
    "cc00204d43a5e5b420b412ed98b67ba38efe015e14f50974d29e9d1298afe31f232f7dde27f6ba7cfe5ee307763b8a4dbab2d5987f7c986a57715b2228220a65",
  ],
  [
    "sha512",
    "concat",
    "26582a7ae17e2e98d944edf82d7e2bcf3147e74e2c4fe955033b958ff1e34528304bc9a1bd2e119587613f31f91e48ddbed4bc3d4dc00cf4aca99ca85aaaebc1",
  ],
  [
    "sha512",
    "django-concat",
    "8c1b2d4ed64f33f7eb6656d8c193e6869eae0e3ac5f1eecc0d31815d002be02cf9252d606fc10634cc8bb50edf67b72aac1c41e51ff83d81d8ec36c546cfe6c7",
  ],
];

function derive(
  secret: string | Uint8Array,
  digest: Digest,
  keyDerivation: KeyDerivation,
  salt = "cookie-session",
) {
  return deriveKey(secret, { salt, digest, keyDerivation });
}

describe("deriveKey", () => {
  test.each(DERIVED)(
    "deriveKey with %s and %s returns the key that itsdangerous derives",
    (digest, keyDerivation, expected) => {
      expect(derive(SECRET, digest, keyDerivation).toString("hex")).toBe(expected);
    },
  );

  test.each(DIGESTS)(
    "deriveKey with %s and the derivation none returns the secret key unchanged",
    (digest) => {
      expect(derive(SECRET, digest, "none").toString()).toBe(SECRET);
    },
  );

  test.each(KEY_DERIVATIONS)(
    "deriveKey with %s returns the same key for a string and for its UTF-8 bytes",
    (keyDerivation) => {
      const secret = "clé secrète ✓";
      expect(derive(new TextEncoder().encode(secret), "sha256", keyDerivation)).toEqual(
        derive(secret, "sha256", keyDerivation),
      );
    },
  );

  test.each(["hmac", "concat", "django-concat"] as const)(
    "deriveKey with %s returns a different key for each salt",
    (keyDerivation) => {
      const keys = ["cookie-session", "cookie-sessio", "", "sält"].map((salt) =>
        derive(SECRET, "sha256", keyDerivation, salt).toString("hex"),
      );
      expect(new Set(keys).size).toBe(keys.length);
    },
  );

  test("deriveKey uses only the bytes of a view, not those of the buffer around it", () => {
    const around = new Uint8Array(64).fill(7);
    const view = around.subarray(16, 48).fill(9);
    expect(derive(view, "sha256", "none")).toEqual(Buffer.alloc(32, 9));
  });

  test("a derived key does not change when the caller changes the bytes of the secret key", () => {
    const bytes = new Uint8Array(32).fill(1);
    const key = deriveKey(bytes, { salt: "s", digest: "sha256", keyDerivation: "none" });
    bytes.fill(2);
    expect(key).toEqual(Buffer.alloc(32, 1));
  });
});
