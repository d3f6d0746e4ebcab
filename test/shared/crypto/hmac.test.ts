import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DIGESTS, Hmac } from "../../../shared/crypto/hmac.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.integer({ min: 0, max: 5000 }).map((length) => "é".repeat(length)),
  fc.integer({ min: 4090, max: 4100 }).map((length) => "\uffff".repeat(length)),
);

describe.each(DIGESTS)("Hmac with %s", (digest) => {
  test(`Hmac with ${digest} returns the same as createHmac for any key and any string`, () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(anyText, { minLength: 1, maxLength: 4 }),
        (key, texts) => {
          const hmac = new Hmac(digest, key);
          for (const text of texts) {
            expect(hmac.base64url(text)).toBe(createHmac(digest, key).update(text).digest("base64url"));
            expect(hmac.bytes(text)).toEqual(createHmac(digest, key).update(text).digest());
          }
        },
      ),
    );
  });

  test.each([0, 1, 63, 64, 65, 127, 128, 129, 1000])(
    `Hmac with ${digest} returns the same as createHmac for a key of %i bytes`,
    (length) => {
      const key = Buffer.alloc(length, 0xaa);
      expect(new Hmac(digest, key).base64url("text")).toBe(
        createHmac(digest, key).update("text").digest("base64url"),
      );
    },
  );

  test(`an HMAC with ${digest} is the same before and after that of a longer string`, () => {
    const hmac = new Hmac(digest, Buffer.from("key"));
    const before = hmac.base64url("a");
    hmac.base64url("a".repeat(4096));
    hmac.base64url("a".repeat(9000));
    expect(hmac.base64url("a")).toBe(before);
  });

  test(`an HMAC with ${digest} differs for characters with the same low byte`, () => {
    const hmac = new Hmac(digest, Buffer.from("key"));
    expect(hmac.base64url("\u0161")).not.toBe(hmac.base64url("a"));
  });
});

describe("RFC 4231", () => {
  test.each([
    [
      "1",
      Buffer.alloc(20, 0x0b),
      "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "2",
      Buffer.from("Jefe"),
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "6",
      Buffer.alloc(131, 0xaa),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("Hmac returns the result of test case %s of RFC 4231", (_, key, text, expected) => {
    expect(new Hmac("sha256", key).bytes(text).toString("hex")).toBe(expected);
  });
});
