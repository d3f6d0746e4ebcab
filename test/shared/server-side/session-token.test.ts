import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIdentifier, hashIdentifier, toSessionId } from "../../../shared/crypto/identifiers.ts";
import { KEY_DERIVATIONS } from "../../../shared/crypto/key-derivation.ts";
import { TimestampSigner } from "../../../shared/crypto/timestamp-signer.ts";
import { SessionTokenSigner } from "../../../shared/server-side/session-token.ts";

const KEY = "a secret key of 32 bytes or more";
const NOW = 1_795_435_200;
const AGE = { now: NOW, maxAge: 3600, clockSkew: 60 };
const OPTIONS = { keys: [KEY], salt: "cookie-session", digest: "sha256", keyDerivation: "hmac" } as const;
const TOKEN = { key: "k".repeat(22), token: "t".repeat(22) };
const USER_KEY = "u".repeat(43);

const signer = new SessionTokenSigner(OPTIONS);

describe("createIdentifier", () => {
  test("createIdentifier returns 128 different bits each time, in the URL-safe alphabet", () => {
    const texts = Array.from({ length: 1000 }, createIdentifier);
    for (const text of texts) {
      expect(text).toMatch(/^[\w-]{22}$/);
      expect(Buffer.from(text, "base64url").toString("base64url")).toBe(text);
    }
    expect(new Set(texts).size).toBe(1000);
  });
});

describe("hashes in a store", () => {
  test("hashIdentifier returns SHA-256 in base64url", () => {
    for (const text of ["", "abc", "é☃𝄞", "\ud834"])
      expect(hashIdentifier(text)).toBe(createHash("sha256").update(text).digest("base64url"));
  });

  test("toSessionId returns the first 22 characters of the hash", () => {
    expect(toSessionId("abc")).toBe("ungWv48Bz-pBQUDeXa4iI7");
    expect(hashIdentifier("abc").startsWith(toSessionId("abc"))).toBe(true);
    expect(toSessionId(createIdentifier())).toMatch(/^[\w-]{22}$/);
  });
});

describe("a signed token", () => {
  test.each([TOKEN, { ...TOKEN, userKey: USER_KEY }])(
    "a signed token is read back with its time: %o",
    (token) => {
      const signed = signer.sign(token, NOW);
      expect(signed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(signer.unsign(signed, AGE)).toEqual({ token: { userKey: undefined, ...token }, signedAt: NOW });
    },
  );

  test("a signed token of any key, token and user is read back", () => {
    const text = (length: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));
    fc.assert(
      fc.property(text(22), text(22), fc.option(text(43), { nil: undefined }), (key, token, userKey) => {
        const { token: again } = signer.unsign(signer.sign({ key, token, userKey }, NOW), AGE) as never;
        expect(again).toEqual({ key, token, userKey });
      }),
      { numRuns: 200 },
    );
  });

  test.each<[string, number, refusal: string | undefined]>([
    ["at its maximum age", NOW + 3600, undefined],
    ["one second older", NOW + 3601, "expired"],
    ["from the future, within the clock skew", NOW - 60, undefined],
    ["from the future, one second beyond the clock skew", NOW - 61, "signed_in_future"],
  ])("a signed token %s has the refusal %s", (_what, now, refusal) => {
    expect(signer.unsign(signer.sign(TOKEN, NOW), { ...AGE, now }).refusal).toBe(refusal);
  });

  test("a token is signed with the first secret key, and verified with each of them", () => {
    const both = new SessionTokenSigner({ ...OPTIONS, keys: [`newer ${KEY}`, KEY] });
    expect(both.unsign(signer.sign(TOKEN, NOW), AGE)).toMatchObject({ token: TOKEN });
    expect(signer.unsign(both.sign(TOKEN, NOW), AGE)).toEqual({ refusal: "bad_signature" });
  });

  test.each([
    { salt: "another" },
    { digest: "sha512" as const },
    { keyDerivation: "concat" as const },
    { keys: [`another ${KEY}`] },
  ])("a token that was signed with other options is refused: %o", (options) => {
    const other = new SessionTokenSigner({ ...OPTIONS, ...options });
    expect(other.unsign(signer.sign(TOKEN, NOW), AGE)).toEqual({ refusal: "bad_signature" });
  });

  test.each(KEY_DERIVATIONS)(
    "a signature of another purpose does not sign a token, and a token's does not sign another purpose (%s)",
    (keyDerivation) => {
      const options = { ...OPTIONS, keyDerivation };
      const [tokens, others] = [new SessionTokenSigner(options), new TimestampSigner(options)];
      const value = `${TOKEN.key}${TOKEN.token}`;
      expect(tokens.unsign(others.sign(value, NOW), AGE)).toEqual({ refusal: "bad_signature" });
      expect(others.unsign(tokens.sign(TOKEN, NOW), AGE)).toEqual({ refusal: "bad_signature" });
    },
  );

  test.each<[string, string, string]>([
    ["too short", "k".repeat(22), "t".repeat(21)],
    ["one character too long", "k".repeat(22), "t".repeat(23)],
    ["with a user's key that is too short", "k".repeat(22), "t".repeat(22 + 42)],
    ["with a user's key that is too long", "k".repeat(22), "t".repeat(22 + 44)],
    ["with a character of another alphabet", "k".repeat(22), `${"t".repeat(21)}+`],
    ["followed by a line feed", "k".repeat(22), `${"t".repeat(22)}\n`],
    ["empty", "", ""],
  ])("a validly signed token that is %s is refused as unreadable", (_what, key, token) => {
    expect(signer.unsign(signer.sign({ key, token }, NOW), AGE)).toEqual({ refusal: "unreadable_payload" });
  });

  test("unsign returns a reason for any string, and does not throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
        expect(signer.unsign(text, AGE)).toEqual({ refusal: expect.any(String) });
      }),
      { numRuns: 500 },
    );
  });
});
