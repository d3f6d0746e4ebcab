import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Sealer, type SealerOptions } from "../../../shared/crypto/sealer.ts";

const KEY = "a secret key of 32 bytes or more";
const OLD_KEY = "an old secret key, kept for a while";
const NOW = 1_795_435_200;
const AGE = { now: NOW, maxAge: 3600, clockSkew: 60 };
const NAME = "__Host-session";
const FORMAT = "lambda-sessions sealed cookie 1";
const PLAIN = Buffer.from('{"key":"value"}');

function sealer(options: Partial<SealerOptions> = {}): Sealer {
  return new Sealer({ keys: [KEY], salt: "cookie-session", name: NAME, ...options });
}

function bytesOf(sealed: string): Buffer {
  return Buffer.from(sealed.slice(1), "base64url");
}

function textOf(bytes: Uint8Array): string {
  return `~${Buffer.from(bytes).toString("base64url")}`;
}

/**
 * Strings that Python's `cryptography` 48 sealed as docs/wire-format.md defines; the nonces are bytes that
 * count up.
 */
const SEALED: readonly (readonly [string, Partial<SealerOptions>, number, string | Buffer, string])[] = [
  ["an object", {}, NOW, PLAIN, "~EwABAgMEBQYHCAkKC6GOy1nPOBasVD6mWGauPEM5wMC_VKhJkf3Jgu3wgG8PbsPelV8"],
  ["an empty string", {}, NOW, "", "~EwwNDg8QERITFBUWF08LoHvjcBNddDP7X9eN9Iu97Kg7GJs"],
  [
    "an object with another salt",
    { salt: "another salt" },
    NOW,
    PLAIN,
    "~0SQlJicoKSorLC0uL9Cpm6NoZJlkNqa6F8nLwZyam0gjUvAI3MokqsbMgaRXzxYlumg",
  ],
  [
    "an object with another name",
    { name: "session" },
    NOW,
    PLAIN,
    "~EzAxMjM0NTY3ODk6O5j4I9F9Wp1ON6tM15AlZpDTR764VAimgQ5XuyuGd58OQP7wxPM",
  ],
  [
    "a string, a salt and a key with characters beyond ASCII",
    { keys: ["clé secrète ✓ longer than 32 bytes"], salt: "sált" },
    NOW,
    '{"ключ":"Zoë 😀"}',
    "~uzw9Pj9AQUJDREVGRw4-IGPpOXKGsw5aU486T_CII5i4e_xqv8E-XY6nv_lvc0tExGEiqkachq-n_f4",
  ],
  [
    "an object with a key of bytes at the epoch",
    { keys: [Uint8Array.from([...Array.from({ length: 32 }, (_, index) => 224 + index), 0xff, 0])] },
    0,
    PLAIN,
    "~OUhJSktMTU5PUFFSU4fxl1LsmdwuIf2gWRk9hx6nFhKB5u4eR6Xh1BoeZ9KnnZg979c",
  ],
  [
    "an object in the last second that six bytes can hold",
    {},
    2 ** 48 - 1,
    "{}",
    "~E1RVVldYWVpbXF1eXx4BoXhTAuHu3xQe6tWD1d2FtmrL0YMx2g",
  ],
];

/** Opens a sealed string with WebCrypto as docs/wire-format.md defines, and rejects if that fails. */
async function openWithWebCrypto(sealed: string, secretKey: string, name: string): Promise<Buffer> {
  const { subtle } = globalThis.crypto;
  const [salt, info] = [Buffer.from("cookie-session"), Buffer.from(FORMAT)];
  const secret = await subtle.importKey("raw", Buffer.from(secretKey), "HKDF", false, ["deriveBits"]);
  const derived = await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, secret, 33 * 8);
  const key = await subtle.importKey("raw", derived.slice(0, 32), "AES-GCM", false, ["decrypt"]);
  const bytes = bytesOf(sealed);
  expect(bytes[0]).toBe(new Uint8Array(derived)[32]);
  const additionalData = Buffer.from(`${FORMAT}:${name}`);
  const algorithm = { name: "AES-GCM", iv: bytes.subarray(1, 13), additionalData };
  return Buffer.from(await subtle.decrypt(algorithm, key, bytes.subarray(13)));
}

describe("a sealed string", () => {
  test.each(SEALED)(
    "unseal returns the bytes and the time of %s that Python sealed",
    (_name, options, at, plain, text) => {
      const age = { now: at, maxAge: 0, clockSkew: 0 };
      expect(sealer(options).unseal(text, age)).toEqual({
        plain: Buffer.from(plain as string),
        sealedAt: at,
      });
    },
  );

  test("WebCrypto opens a sealed string as six bytes of time followed by the sealed bytes", async () => {
    const opened = await openWithWebCrypto(sealer().seal(PLAIN, NOW), KEY, NAME);
    expect(opened.readUIntBE(0, 6)).toBe(NOW);
    expect(opened.subarray(6)).toEqual(PLAIN);
  });

  test("unseal returns any bytes that seal was given", () => {
    const subject = sealer();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (plain) => {
        const unsealed = subject.unseal(subject.seal(plain, NOW), AGE);
        expect(unsealed).toEqual({ plain: Buffer.from(plain), sealedAt: NOW });
      }),
    );
  });

  test("a sealed string is a mark and the URL-safe base64 of 35 bytes more than its content", () => {
    for (const length of [0, 1, 2, 3, 2750]) {
      const text = sealer().seal(Buffer.alloc(length), NOW);
      expect(text).toMatch(/^~[\w-]+$/);
      expect(text).toHaveLength(1 + Math.ceil(((length + 35) * 4) / 3));
    }
  });

  test("1000 sealed strings of the same bytes have 1000 different nonces", () => {
    const subject = sealer();
    const texts = Array.from({ length: 1000 }, () => subject.seal(PLAIN, NOW));
    expect(new Set(texts.map((text) => bytesOf(text).toString("hex", 1, 13))).size).toBe(1000);
  });

  test("a sealed string does not contain its content in readable form", () => {
    const text = sealer().seal(Buffer.alloc(300, "secret"), NOW);
    expect(bytesOf(text).includes("secret")).toBe(false);
  });

  test.each<[string, Partial<SealerOptions>]>([
    ["another key", { keys: [OLD_KEY] }],
    ["another salt", { salt: "other" }],
    ["another name", { name: "session" }],
    ["a name with the same beginning", { name: `${NAME}2` }],
  ])("a string that was sealed with %s is refused with bad_signature", (_name, options) => {
    const text = sealer(options).seal(PLAIN, NOW);
    expect(sealer().unseal(text, AGE)).toEqual({ refusal: "bad_signature" });
    expect(sealer(options).unseal(text, AGE)).toMatchObject({ sealedAt: NOW });
  });

  test.each<[at: number, refusal: string | undefined]>([
    [NOW - 3600, undefined],
    [NOW - 3601, "expired"],
    [NOW + 60, undefined],
    [NOW + 61, "signed_in_future"],
  ])(
    "at 1795435200, a string that was sealed at %i with a maximum age of an hour has the refusal %s",
    (at, refusal) => {
      expect(sealer().unseal(sealer().seal(PLAIN, at), AGE).refusal).toBe(refusal);
    },
  );
});

test("the constructor of a sealer rejects an empty array of keys", () => {
  expect(() => sealer({ keys: [] })).toThrow(new TypeError("keys: pass at least one secret key"));
});

describe("several keys", () => {
  test("a sealer with several keys seals with the first one", async () => {
    const text = sealer({ keys: [KEY, OLD_KEY] }).seal(PLAIN, NOW);
    expect((await openWithWebCrypto(text, KEY, NAME)).subarray(6)).toEqual(PLAIN);
    expect(sealer({ keys: [OLD_KEY] }).unseal(text, AGE)).toEqual({ refusal: "bad_signature" });
  });

  test("a sealer opens strings that any of its keys sealed", () => {
    const subject = sealer({ keys: [KEY, "a key between the two, just as long", OLD_KEY] });
    const text = sealer({ keys: [OLD_KEY] }).seal(PLAIN, NOW);
    expect(subject.unseal(text, AGE)).toMatchObject({ plain: PLAIN });
  });

  test("a sealer opens a string when two of its keys have the same hint", () => {
    const keys = Array.from({ length: 257 }, (_, index) => `${KEY}${index}`);
    const hints = keys.map((key) => bytesOf(sealer({ keys: [key] }).seal(PLAIN, NOW))[0]);
    const second = hints.findIndex((hint, index) => hints.indexOf(hint) < index);
    const twins = [hints.indexOf(hints[second]), second].map((index) => `${keys[index]}`);
    for (const key of twins) {
      const text = sealer({ keys: [key] }).seal(PLAIN, NOW);
      for (const list of [twins, twins.toReversed()])
        expect(sealer({ keys: list }).unseal(text, AGE)).toMatchObject({ plain: PLAIN });
    }
  });
});

describe("a changed sealed string", () => {
  const subject = sealer({ keys: [KEY, OLD_KEY] });
  const text = subject.seal(PLAIN, NOW);
  const bytes = bytesOf(text);

  test("a sealed string with any single bit flipped is refused with bad_signature", () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(subject.unseal(textOf(flipped), AGE)).toEqual({ refusal: "bad_signature" });
    }
  });

  test("a sealed string with random edits is refused", () => {
    const edit = fc.record({
      at: fc.nat({ max: bytes.length }),
      remove: fc.nat({ max: 8 }),
      insert: fc.uint8Array({ maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let edited = bytes;
        for (const { at, remove, insert } of edits)
          edited = Buffer.concat([edited.subarray(0, at), insert, edited.subarray(at + remove)]);
        fc.pre(!edited.equals(bytes));
        expect(subject.unseal(textOf(edited), AGE).refusal).toMatch(/^(malformed|bad_signature)$/);
      }),
      { numRuns: 1000 },
    );
  });

  test("a sealed string that was cut or extended at either end is refused", () => {
    for (let length = 1; length < bytes.length; length++) {
      for (const part of [bytes.subarray(0, length), bytes.subarray(-length)])
        expect(subject.unseal(textOf(part), AGE).refusal).toMatch(/^(malformed|bad_signature)$/);
      const more = Buffer.alloc(length);
      for (const longer of [Buffer.concat([bytes, more]), Buffer.concat([more, bytes])])
        expect(subject.unseal(textOf(longer), AGE)).toEqual({ refusal: "bad_signature" });
    }
  });

  test("a sealed string that was spliced from two others is refused with bad_signature", () => {
    const other = bytesOf(subject.seal(Buffer.from('{"key":"other"}'), NOW));
    for (let length = 1; length < bytes.length; length++) {
      const spliced = Buffer.concat([bytes.subarray(0, length), other.subarray(length)]);
      if (spliced.equals(bytes) || spliced.equals(other)) continue;
      expect(subject.unseal(textOf(spliced), AGE)).toEqual({ refusal: "bad_signature" });
    }
  });
});

describe("another encoding of a sealed string", () => {
  /** Sealed string with `-` and `_`, whose last character has bits that base64 does not use. */
  const [, , , , text] = SEALED[4] ?? ["", {}, 0, "", ""];
  const subject = sealer({ keys: ["clé secrète ✓ longer than 32 bytes"], salt: "sált" });

  test.each<[string, string]>([
    ["padding", `${text}=`],
    ["a space at its end", `${text} `],
    ["a line break inside", `${text.slice(0, 9)}\n${text.slice(9)}`],
    ["the alphabet of plain base64", text.replaceAll("-", "+").replaceAll("_", "/")],
    ["no mark", text.slice(1)],
    ["two marks", `~${text}`],
    ["another mark", text.replace("~", "!")],
    ["a dot at its end", `${text}.`],
    [
      "other characters with the same low bytes",
      text.replace(/./g, (char) => String.fromCharCode(char.charCodeAt(0) + 256)),
    ],
    [
      "other characters with the same low bytes after its mark",
      `~${text.slice(1).replace(/./g, (char) => String.fromCharCode(char.charCodeAt(0) + 256))}`,
    ],
  ])("a sealed string with %s is malformed", (_name, spelling) => {
    expect(spelling).not.toBe(text);
    expect(subject.unseal(text, AGE)).toMatchObject({ sealedAt: NOW });
    expect(subject.unseal(spelling, AGE)).toEqual({ refusal: "malformed" });
  });

  test("a sealed string is malformed if only bits that base64 does not use differ", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const twins = [...alphabet]
      .map((char) => text.slice(0, -1) + char)
      .filter((twin) => twin !== text && bytesOf(twin).equals(bytesOf(text)));
    expect(twins.map((twin) => subject.unseal(twin, AGE))).toEqual(
      twins.map(() => ({ refusal: "malformed" })),
    );
    expect(twins.length).toBeGreaterThan(0);
  });
});

describe("hostile input", () => {
  test("unseal refuses any random string and throws nothing", () => {
    const units = fc.array(fc.nat({ max: 0xffff })).map((codes) => String.fromCharCode(...codes));
    const bytes = fc.uint8Array({ maxLength: 100 }).map(textOf);
    const hinted = fc.uint8Array({ maxLength: 100 }).map((some) => textOf(Buffer.from([0x13, ...some])));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          units,
          units.map((some) => `~${some}`),
          bytes,
          hinted,
        ),
        (text) => {
          expect(sealer().unseal(text, AGE).refusal).toMatch(/^(malformed|bad_signature)$/);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each<[description: string, text: string, refusal: string]>([
    ["an empty string", "", "malformed"],
    ["the mark alone", "~", "malformed"],
    ["one byte less than the minimum", textOf(Buffer.alloc(34, 0x13)), "malformed"],
    ["the minimum number of zero bytes", textOf(Buffer.alloc(35)), "bad_signature"],
    ["a megabyte", textOf(Buffer.alloc(1024 * 1024, 0x13)), "bad_signature"],
    ["a megabyte of marks", "~".repeat(1024 * 1024), "malformed"],
  ])("unseal refuses %s as it should", (_name, text, refusal) => {
    expect(sealer().unseal(text, AGE)).toEqual({ refusal });
  });
});
