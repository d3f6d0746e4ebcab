import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIdentifier, hashIdentifier, toSessionId } from "../../../shared/crypto/identifiers.ts";
import { SessionTokenSigner } from "../../../shared/server-side/session-token.ts";

const KEY = "a secret key of 32 bytes or more";
const NOW = 1_795_435_200;
const AGE = { now: NOW, maxAge: 3600, clockSkew: 60 };
const OPTIONS = { keys: [KEY], salt: "cookie-session", digest: "sha256", keyDerivation: "hmac" } as const;
const TOKEN = { key: "k".repeat(22), token: "t".repeat(22) };
const USER_KEY = "u".repeat(43);

const signer = new SessionTokenSigner(OPTIONS);

describe("random text", () => {
  test("is 128 bits in the URL-safe alphabet, and another one each time", () => {
    const texts = Array.from({ length: 1000 }, createIdentifier);
    for (const text of texts) {
      expect(text).toMatch(/^[\w-]{22}$/);
      expect(Buffer.from(text, "base64url").toString("base64url")).toBe(text);
    }
    expect(new Set(texts).size).toBe(1000);
  });
});

describe("what a store may hold", () => {
  test("is SHA-256 of a text, in base64url", () => {
    for (const text of ["", "abc", "é☃𝄞", "\ud834"])
      expect(hashIdentifier(text)).toBe(createHash("sha256").update(text).digest("base64url"));
  });

  test("is an id that tells nothing of its key: the first 128 bits of the hash", () => {
    expect(toSessionId("abc")).toBe("ungWv48Bz-pBQUDeXa4iI7");
    expect(hashIdentifier("abc").startsWith(toSessionId("abc"))).toBe(true);
    expect(toSessionId(createIdentifier())).toMatch(/^[\w-]{22}$/);
  });
});

describe("a signed token", () => {
  test.each([TOKEN, { ...TOKEN, userKey: USER_KEY }])("comes back with its time: %o", (token) => {
    const signed = signer.sign(token, NOW);
    expect(signed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(signer.unsign(signed, AGE)).toEqual({ token: { userKey: undefined, ...token }, signedAt: NOW });
  });

  test("of any key, token and user comes back", () => {
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
    ["as old as may be", NOW + 3600, undefined],
    ["a second older", NOW + 3601, "expired"],
    ["from as far ahead as a clock may be", NOW - 60, undefined],
    ["from a second further ahead", NOW - 61, "signed_in_future"],
  ])("%s", (_what, now, refusal) => {
    expect(signer.unsign(signer.sign(TOKEN, NOW), { ...AGE, now }).refusal).toBe(refusal);
  });

  test("counts with every key of the list, and is signed with the first", () => {
    const both = new SessionTokenSigner({ ...OPTIONS, keys: [`newer ${KEY}`, KEY] });
    expect(both.unsign(signer.sign(TOKEN, NOW), AGE)).toMatchObject({ token: TOKEN });
    expect(signer.unsign(both.sign(TOKEN, NOW), AGE)).toEqual({ refusal: "bad_signature" });
  });

  test.each([
    { salt: "another" },
    { digest: "sha512" as const },
    { keyDerivation: "none" as const },
    { keys: [`another ${KEY}`] },
  ])("counts for nothing where it was signed with other options: %o", (options) => {
    const other = new SessionTokenSigner({ ...OPTIONS, ...options });
    expect(other.unsign(signer.sign(TOKEN, NOW), AGE)).toEqual({ refusal: "bad_signature" });
  });

  test.each<[string, string, string]>([
    ["too short", "k".repeat(22), "t".repeat(21)],
    ["one letter too long", "k".repeat(22), "t".repeat(23)],
    ["with a user that is cut short", "k".repeat(22), "t".repeat(22 + 42)],
    ["with too long a user", "k".repeat(22), "t".repeat(22 + 44)],
    ["with letters of another alphabet", "k".repeat(22), `${"t".repeat(21)}+`],
    ["with a line end behind it", "k".repeat(22), `${"t".repeat(22)}\n`],
    ["of nothing", "", ""],
  ])("that is truly signed but %s is unreadable", (_what, key, token) => {
    expect(signer.unsign(signer.sign({ key, token }, NOW), AGE)).toEqual({ refusal: "unreadable_payload" });
  });

  test("may be anything at all: there is a reason, and nothing is thrown", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
        expect(signer.unsign(text, AGE)).toEqual({ refusal: expect.any(String) });
      }),
      { numRuns: 500 },
    );
  });
});
