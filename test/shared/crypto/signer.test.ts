import { describe, expect, test } from "vitest";
import { DIGESTS, type Digest } from "../../../shared/crypto/hmac.ts";
import { Signer, type SignerOptions } from "../../../shared/crypto/timestamp-signer.ts";

const KEY = "a secret key of 32 bytes or more";
const OLD_KEY = "an old secret key, kept for a while";

function signer(options: Partial<SignerOptions> = {}): Signer {
  return new Signer({
    keys: [KEY],
    salt: "cookie-session",
    digest: "sha256",
    keyDerivation: "hmac",
    ...options,
  });
}

/**
 * Test cases 1, 2 and 6, whose data is text, of RFC 4231 (sections 4.2, 4.3, 4.7) and RFC 2202 (section 3).
 */
const RFC: readonly (readonly [string, Digest, Buffer, string, string])[] = [
  ["RFC 2202 case 1", "sha1", Buffer.alloc(20, 0x0b), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"],
  [
    "RFC 2202 case 2",
    "sha1",
    Buffer.from("Jefe"),
    "what do ya want for nothing?",
    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
  ],
  [
    "RFC 2202 case 6",
    "sha1",
    Buffer.alloc(80, 0xaa),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "aa4ae5e15272d00e95705637ce8a3b55ed402112",
  ],
  [
    "RFC 4231 case 1",
    "sha256",
    Buffer.alloc(20, 0x0b),
    "Hi There",
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  ],
  [
    "RFC 4231 case 2",
    "sha256",
    Buffer.from("Jefe"),
    "what do ya want for nothing?",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    "RFC 4231 case 6",
    "sha256",
    Buffer.alloc(131, 0xaa),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    "RFC 4231 case 1",
    "sha512",
    Buffer.alloc(20, 0x0b),
    "Hi There",
    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
  ],
  [
    "RFC 4231 case 2",
    "sha512",
    Buffer.from("Jefe"),
    "what do ya want for nothing?",
    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  ],
  [
    "RFC 4231 case 6",
    "sha512",
    Buffer.alloc(131, 0xaa),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
  ],
];

describe("a signature", () => {
  test.each(RFC)(
    "the signature without key derivation is the HMAC of %s with %s",
    (_name, digest, key, value, hmac) => {
      const signature = Buffer.from(hmac, "hex").toString("base64url");
      expect(signer({ keys: [key], digest, keyDerivation: "none" }).sign(value)).toBe(
        `${value}.${signature}`,
      );
    },
  );

  test.each(DIGESTS)("a value that was signed with %s is verified and returned", (digest) => {
    const subject = signer({ digest });
    expect(subject.unsign(subject.sign("value"))).toBe("value");
  });

  test.each(["", ".", "a.b.c", "välue ✓", "new\nline", "\0"])(
    "any string can be signed, such as %j",
    (value) => {
      const subject = signer();
      expect(subject.unsign(subject.sign(value))).toBe(value);
    },
  );

  test.each<[string, Partial<SignerOptions>]>([
    ["another key", { keys: [OLD_KEY] }],
    ["another salt", { salt: "other" }],
    ["another derivation", { keyDerivation: "concat" }],
    ["another digest", { digest: "sha512" }],
  ])("a signature that was made with %s is refused", (_name, options) => {
    expect(signer().unsign(signer(options).sign("value"))).toBeUndefined();
  });

  test("a signature of another value is refused", () => {
    const signature = signer().sign("value").slice("value.".length);
    expect(signer().unsign(`other.${signature}`)).toBeUndefined();
  });
});

test("the constructor of a signer rejects an empty array of keys", () => {
  expect(() => signer({ keys: [] })).toThrow(new TypeError("keys: pass at least one secret key"));
});

describe("several keys", () => {
  test("a signer with several keys signs with the first one", () => {
    expect(signer({ keys: [KEY, OLD_KEY] }).sign("value")).toBe(signer().sign("value"));
  });

  test("a signer verifies signatures that any of its keys made", () => {
    const subject = signer({ keys: [KEY, "a key between the two, just as long", OLD_KEY] });
    expect(subject.unsign(signer({ keys: [OLD_KEY] }).sign("value"))).toBe("value");
  });

  test("a signer refuses a signature that none of its keys made", () => {
    const subject = signer({ keys: [KEY, OLD_KEY] });
    expect(subject.unsign(signer({ keys: ["a stranger's key"] }).sign("value"))).toBeUndefined();
  });
});

describe("another encoding of a signature", () => {
  const signed = signer().sign("value");

  test.each<[string, string]>([
    ["padding", `${signed}=`],
    ["a space at its end", `${signed} `],
    ["a line break at its end", `${signed}\n`],
    ["one character less", signed.slice(0, -1)],
    ["one character more", `${signed}A`],
    ["one character more at the beginning of the signature", signed.replace("value.", "value.A")],
    ["no dot", signed.replace(".", "")],
    ["a comma instead of its dot", signed.replace(".", ",")],
    ["two dots", signed.replace(".", "..")],
    ["only the signature", signed.slice("value.".length)],
    ["neither dot nor signature", "value"],
    ["no characters at all", ""],
  ])("a signed string with %s is refused", (_name, text) => {
    expect(signer().unsign(text)).toBeUndefined();
  });

  test("a signature is refused if only bits that base64 does not use differ", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const bytes = Buffer.from(signed.slice("value.".length), "base64url");
    const twins = [...alphabet]
      .map((char) => signed.slice(0, -1) + char)
      .filter((twin) => Buffer.from(twin.slice("value.".length), "base64url").equals(bytes));
    expect(twins.map((twin) => signer().unsign(twin))).toEqual(
      twins.map((twin) => (twin === signed ? "value" : undefined)),
    );
    expect(twins).toHaveLength(4);
  });

  test("a signature in the alphabet of standard base64 is refused", () => {
    const keys = Array.from({ length: 20 }, (_, index) => `${KEY}${index}`);
    const both = keys
      .map((key) => signer({ keys: [key] }))
      .filter((subject) => /[-_]/.test(subject.sign("value")));
    const respelled = both.map((subject) =>
      subject.unsign(subject.sign("value").replaceAll("-", "+").replaceAll("_", "/")),
    );
    expect(both).not.toHaveLength(0);
    expect(respelled.every((value) => value === undefined)).toBe(true);
  });

  test("a signature in other characters with the same low bytes is refused", () => {
    const wide = [...signed.slice("value.".length)].map((char) =>
      String.fromCharCode(char.charCodeAt(0) + 0x100),
    );
    expect(signer().unsign(`value.${wide.join("")}`)).toBeUndefined();
    expect(
      signer().unsign(
        signed.slice(0, -1) + String.fromCharCode(signed.charCodeAt(signed.length - 1) + 0x2000),
      ),
    ).toBeUndefined();
  });
});
