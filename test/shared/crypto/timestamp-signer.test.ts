import { describe, expect, test } from "vitest";
import type { Digest } from "../../../shared/crypto/hmac.ts";
import type { KeyDerivation } from "../../../shared/crypto/key-derivation.ts";
import { Signer, TimestampSigner } from "../../../shared/crypto/timestamp-signer.ts";

const KEY = "a secret key of 32 bytes or more";
const NOW = 1_795_435_200;
const AGE = { now: NOW, maxAge: 3600, clockSkew: 60 };
const OPTIONS = { keys: [KEY], salt: "cookie-session", digest: "sha256", keyDerivation: "hmac" } as const;

/** Strings that itsdangerous 2.2 returns for `value` with KEY and the salt `cookie-session` at NOW. */
const SIGNED: readonly (readonly [Digest, KeyDerivation, string])[] = [
  ["sha1", "hmac", "value.awQqwA.mwrSeY4AzXwcJLGmhd1nDqvMT-w"],
  ["sha1", "concat", "value.awQqwA.4RjZC1RViDPGrTit6Latg-GPHBo"],
  ["sha1", "django-concat", "value.awQqwA.GetIPqV_zA2kzaONGVAKCx2YWcc"],
  ["sha1", "none", "value.awQqwA.-MGsaTT7sKJ0TatWjn8lmXxwIWE"],
  ["sha256", "hmac", "value.awQqwA.-f82jwWn-1StOPaQikKO-gVfDsy2Q9yTokjvfciLYoI"],
  ["sha256", "concat", "value.awQqwA.VUDRCqJBjW_tlkwhtoC0MrXr8pTURfZ10d7U24kXwQY"],
  ["sha256", "django-concat", "value.awQqwA.QlCZfjdY00xbzL82KzxxROtGWRDLeTgoyv3lePVfiB0"],
  ["sha256", "none", "value.awQqwA.3CioJhvgAbmpFt8XYpdsXb4ZoIEzme3rV96xiisXCtA"],
  [
    "sha512",
    "hmac",
    "value.awQqwA.DWT7kgiQWNXTlazxvjhiJ1_ZunjecQ7UryWAgJ127OA3mFN1JLYTfUjp2Tp0DAMiUE7kZWbhJNF3l6lNuJGIug",
  ],
  [
    "sha512",
    "concat",
    "value.awQqwA.RRHGh4_3dvZ2UIpyIXGeLc2yww4-7WCKx8qTYEYbOqKt2K3niCn_S1oITp2qv1gr_brpDN081BQSRuW9PrA_5Q",
  ],
  [
    "sha512",
    "django-concat",
    "value.awQqwA.vp_8Sbui475Ullb9qAjZ-rvOnFkji9IaNOqUcxHzBARaRLM-1JpBg3y3xX9FxlHbSOsdD4jMgPROGOnLZ2nX1Q",
  ],
  [
    "sha512",
    "none",
    "value.awQqwA.qA-451RciBZbsM_LgvFO_KdBnzNDajKfDQZGp8uB7YuHfY2q3XlADAplRvR8Gtz-5IUOYocTjgi-pPla-WZpzA",
  ],
];

function signer(): TimestampSigner {
  return new TimestampSigner(OPTIONS);
}

describe("a signature with a timestamp", () => {
  test.each(SIGNED)(
    "TimestampSigner with %s and %s signs as itsdangerous does",
    (digest, keyDerivation, signed) => {
      const subject = new TimestampSigner({ ...OPTIONS, digest, keyDerivation });
      expect(subject.sign("value", NOW)).toBe(signed);
      expect(subject.unsign(signed, AGE)).toEqual({ value: "value", signedAt: NOW });
    },
  );

  test("TimestampSigner signs as itsdangerous does if value, salt and key are not ASCII", () => {
    const subject = new TimestampSigner({
      ...OPTIONS,
      keys: ["clé secrète ✓ longer than 32 bytes"],
      salt: "sált",
      keyDerivation: "django-concat",
    });
    expect(subject.sign("välue ✓", NOW)).toBe("välue ✓.awQqwA.J2Bsk1KNoamTQV6YXp1jDaUGvHtc9HhrHVjsQ_W66EM");
  });

  test.each([
    [1, "AQ"],
    [255, "_w"],
    [256, "AQA"],
    [65_535, "__8"],
    [4_294_967_295, "_____w"],
    [4_294_967_296, "AQAAAAA"],
    [281_474_976_710_655, "________"],
  ])("a signature at second %i contains the timestamp %s", (second, text) => {
    const signed = signer().sign("v", second);
    expect(signed.split(".")[1]).toBe(text);
    expect(signer().unsign(signed, { ...AGE, now: second })).toEqual({ value: "v", signedAt: second });
  });

  test.each(["", "a.b", ".", "...", "a.b.c.d"])(
    "any string can be signed with a timestamp, such as %j",
    (value) => {
      expect(signer().unsign(signer().sign(value, NOW), AGE)).toEqual({ value, signedAt: NOW });
    },
  );
});

describe("the age of a signature", () => {
  test.each([
    ["of the maximum age", NOW - 3600, { value: "v", signedAt: NOW - 3600 }],
    ["a second older than the maximum", NOW - 3601, { refusal: "expired" }],
    ["as far in the future as the clock skew allows", NOW + 60, { value: "v", signedAt: NOW + 60 }],
    ["a second further in the future", NOW + 61, { refusal: "signed_in_future" }],
  ])("a signature %s is accepted or refused by its age", (_name, signedAt, expected) => {
    expect(signer().unsign(signer().sign("v", signedAt), AGE)).toEqual(expected);
  });

  test("a maximum age of 0 and no clock skew accept a signature in the same second only", () => {
    const strict = { now: NOW, maxAge: 0, clockSkew: 0 };
    expect(signer().unsign(signer().sign("v", NOW), strict)).toEqual({ value: "v", signedAt: NOW });
    expect(signer().unsign(signer().sign("v", NOW - 1), strict)).toEqual({ refusal: "expired" });
    expect(signer().unsign(signer().sign("v", NOW + 1), strict)).toEqual({ refusal: "signed_in_future" });
  });

  test("a timestamp that the signature does not cover is refused with bad_signature", () => {
    const signature = new Signer(OPTIONS).sign("v").slice("v.".length);
    expect(signer().unsign(`v.awQqwA.${signature}`, AGE)).toEqual({ refusal: "bad_signature" });
  });

  test("an old timestamp with a forged signature is refused with bad_signature, not with expired", () => {
    const [value, timestamp] = signer()
      .sign("v", NOW - 9999)
      .split(".");
    expect(signer().unsign(`${value}.${timestamp}.${"A".repeat(43)}`, AGE)).toEqual({
      refusal: "bad_signature",
    });
  });
});

describe("hostile input", () => {
  test.each(["", ".", "value", "value.signature", ".signature"])(
    "the string %j is malformed as a signed string",
    (text) => {
      expect(signer().unsign(text, AGE)).toEqual({ refusal: "malformed" });
    },
  );

  test.each(["..", "...", "a..b", "value.awQqwA.", `${"x".repeat(100_000)}.a.b`])(
    "an odd string with two dots is refused with bad_signature and throws nothing (%#)",
    (text) => {
      expect(signer().unsign(text, AGE)).toEqual({ refusal: "bad_signature" });
    },
  );

  test.each([
    ["empty", "value."],
    ["of seven bytes", "value.AQAAAAAAAA"],
    ["not base64", "value.~~~~"],
  ])("a correctly signed string is malformed if its timestamp is %s", (_name, value) => {
    expect(signer().unsign(new Signer(OPTIONS).sign(value), AGE)).toEqual({ refusal: "malformed" });
  });

  test("a correctly signed string without a timestamp is malformed", () => {
    expect(signer().unsign(new Signer(OPTIONS).sign("value"), AGE)).toEqual({ refusal: "malformed" });
  });
});
