import { describe, expect, test, vi } from "vitest";
import { SealedSerializer, type SealedSerializerOptions } from "../../../shared/cookie/sealed-serializer.ts";
import { URLSafeTimedSerializer } from "../../../shared/cookie/url-safe-timed-serializer.ts";
import { Sealer } from "../../../shared/crypto/sealer.ts";
import { TimestampSigner } from "../../../shared/crypto/timestamp-signer.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UnstorableValueError } from "../../../shared/values/unstorable-value-error.ts";
import { load } from "./load.ts";

const zlib = process.getBuiltinModule("node:zlib");
const NOW = 1_795_435_200;
const AGE = { now: NOW, maxAge: 3600, clockSkew: 60 };
const OPTIONS: SealedSerializerOptions = {
  keys: ["a secret key of 32 bytes or more"],
  salt: "cookie-session",
  digest: "sha256",
  keyDerivation: "hmac",
  json: new TaggedJSON(),
  compress: true,
  name: "__Host-session",
};
const LONG = { log: Array.from({ length: 40 }, (_, id) => ({ id, name: "item" })) };

function serializer(options: Partial<SealedSerializerOptions> = {}): SealedSerializer {
  return new SealedSerializer({ ...OPTIONS, ...options });
}

/** Returns anything, validly sealed. */
function sealed(plain: string | Uint8Array): string {
  return new Sealer(OPTIONS).seal(Buffer.from(plain as string), NOW);
}

function deflated(json: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("."), zlib.deflateSync(json)]);
}

/** Sealed texts that Python's `cryptography` and `zlib` made by docs/wire-format.md. */
const FROM_PYTHON: readonly (readonly [string, object, string])[] = [
  [
    "Flask's types",
    { a: Tuple.of(1), b: 2n ** 64n },
    "~EwABAgMEBQYHCAkKC6GOy1nPOBasXnnlAX6sPgBv7pTAVDBRY1wXMWGkbqp9pd5XqVuDg7bxMw41X0HFRe2g5eIXDqHbgXFlEyfdZQ",
  ],
  [
    "compressed data",
    LONG,
    "~ExgZGhscHR4fICEiI0aPHTcfbN01DZMATnp2cbxNoccS7aB2QJuAEcIKy6XNf1AVTpj3vtGDgLGXKcNXotB3q4e1EDg0U-gGF2RxSY0wKPsvp2Ft0kkGLQeM2EzQ6dqB8q2sHMlokQJclV1-bMIvBM5U3t0S_aIo2JnFpuWGBR2Gxks_XtlwOJ4Os3iEi-uRbhkWKxfFLXRI0RWIn3lqZlUIBC1eMsADcKazhcOMTO24",
  ],
];

describe("an object as sealed text", () => {
  test.each(FROM_PYTHON)("a text that Python sealed is read: %s", (_name, values, text) => {
    expect(load(serializer(), text, AGE)).toStrictEqual({ values, signedAt: NOW });
  });

  test.each([true, false])("a sealed text is read back with its time (compress: %s)", (compress) => {
    for (const values of [{}, { a: Tuple.of(1), b: 2n ** 64n }, LONG]) {
      const text = serializer({ compress }).dumps(values, NOW - 5);
      expect(load(serializer(), text, AGE)).toStrictEqual({ values, signedAt: NOW - 5 });
    }
  });

  test("a sealed text is compressed if compress is true and that makes it shorter, and is read with either setting", () => {
    const [long, plain] = [true, false].map((compress) => `${serializer({ compress }).dumps(LONG, NOW)}`);
    expect(`${long}`.length).toBeLessThan(`${plain}`.length / 2);
    for (const text of [`${long}`, `${plain}`])
      expect(load(serializer({ compress: false }), text, AGE)).toMatchObject({ values: LONG });
  });

  test("a sealed text is not longer than a signed one", () => {
    const signing = new URLSafeTimedSerializer({ ...OPTIONS, compress: false });
    const sealing = serializer({ compress: false });
    for (const values of [{}, LONG])
      expect(sealing.dumps(values, NOW).length).toBeLessThanOrEqual(signing.dumps(values, NOW).length);
  });

  test("sealing a value that cannot be stored throws an error with its path", () => {
    expect(() => serializer().dumps({ a: { b: undefined } }, NOW)).toThrow(
      new UnstorableValueError("a.b", "undefined is not a value; delete the key or store null"),
    );
  });
});

describe("a signed text", () => {
  const signing = new URLSafeTimedSerializer(OPTIONS);

  test("a sealing serializer reads signed texts, and writes sealed ones only", () => {
    expect(load(serializer(), signing.dumps(LONG, NOW), AGE)).toEqual({ values: LONG, signedAt: NOW });
    expect(serializer().dumps(LONG, NOW)).toMatch(/^~/);
  });

  test("a sealing serializer refuses signed texts for the same reasons as a signing one", () => {
    const texts = ["", "a", "a.b.c", signing.dumps({}, NOW - 3601), signing.dumps({}, NOW + 61)];
    const stranger = new URLSafeTimedSerializer({ ...OPTIONS, keys: ["another key, as long as the first"] });
    for (const text of [...texts, stranger.dumps({}, NOW)]) {
      expect(load(serializer(), text, AGE).refusal).toBeTypeOf("string");
      expect(load(serializer(), text, AGE)).toEqual(load(signing, text, AGE));
    }
  });

  test.each<[string, string]>([
    ["a payload that begins with the mark of a sealed text", "~e30"],
    ["a whole sealed text as its payload", sealed("{}")],
    ["the mark alone as its payload", "~"],
  ])("a signed text that begins like a sealed one is malformed: %s", (_name, payload) => {
    const text = new TimestampSigner(OPTIONS).sign(payload, NOW);
    expect(load(serializer(), text, AGE)).toEqual({ refusal: "malformed" });
  });

  test.each<[string, string]>([
    ["a sealed text", sealed("{}")],
    ["the bytes of a sealed text", sealed("{}").slice(1)],
    ["the mark of a sealed text", "~"],
  ])("a signed text with %s as its payload is unreadable, because it is no object", (_name, text) => {
    const payloads = [Buffer.from(text), Buffer.from(JSON.stringify(text))];
    for (const payload of payloads) {
      const signed = new TimestampSigner(OPTIONS).sign(payload.toString("base64url"), NOW);
      expect(load(serializer(), signed, AGE)).toEqual({ refusal: "unreadable_payload" });
    }
  });
});

test("a signing serializer refuses a sealed text as malformed", () => {
  const signing = new URLSafeTimedSerializer(OPTIONS);
  expect(load(signing, serializer().dumps({}, NOW), AGE)).toEqual({ refusal: "malformed" });
});

describe("a sealed text that is refused", () => {
  test("a sealed text is refused when it has expired or is from the future", () => {
    const subject = serializer();
    expect(load(subject, subject.dumps({}, NOW - 3601), AGE)).toEqual({ refusal: "expired" });
    expect(load(subject, subject.dumps({}, NOW + 61), AGE)).toEqual({ refusal: "signed_in_future" });
  });

  test("a sealed text that ends with a signed one is never read as a signed one", () => {
    const signed = new URLSafeTimedSerializer(OPTIONS).dumps({ a: 1 }, NOW);
    for (const text of [
      `~${signed}`,
      `~.${signed}`,
      `${sealed("{}")}.${signed}`,
      `~${signed.replaceAll(".", "")}`,
    ])
      expect(load(serializer(), text, AGE).refusal).toMatch(/^(malformed|bad_signature)$/);
  });

  test("a sealed text is inflated and parsed only after its seal and its time were verified", () => {
    const json = new TaggedJSON();
    const [loads, inflate] = [vi.spyOn(json, "loads"), vi.spyOn(zlib, "inflateSync")];
    const [subject, stranger] = [serializer({ json }), serializer({ name: "session" })];
    expect(load(subject, stranger.dumps(LONG, NOW), AGE)).toEqual({ refusal: "bad_signature" });
    expect(load(subject, subject.dumps(LONG, NOW + 61), AGE)).toEqual({ refusal: "signed_in_future" });
    const verified = subject.verify(subject.dumps(LONG, NOW), AGE);
    expect([loads.mock.calls, inflate.mock.calls]).toEqual([[], []]);
    expect(verified.refusal ?? verified.read()).toEqual(LONG);
    expect([loads.mock.calls.length, inflate.mock.calls.length]).toEqual([1, 1]);
  });

  test.each<[string, string | Uint8Array]>([
    ["an empty string", ""],
    ["a dot", "."],
    ["base64", Buffer.from("{}").toString("base64url")],
    ["a string that is not closed", '{"a":"'],
    ["an array", "[1]"],
    ["null", "null"],
    ["a tuple", '{" t":[1]}'],
    ["a tag that holds no UUID", '{"a":[{" u":"abc"}]}'],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ["a compressed array", deflated("[1]")],
    ["a dot before data that is not compressed", ".{}"],
    ["compressed data without its dot", zlib.deflateSync("{}")],
    ["compressed data that was cut off", deflated(JSON.stringify(LONG)).subarray(0, -9)],
    ["more than a megabyte, compressed", deflated(JSON.stringify({ a: "a".repeat(1024 * 1024) }))],
  ])("a sealed text is refused as unreadable_payload when it contains %s", (_name, plain) => {
    expect(load(serializer(), sealed(plain), AGE)).toEqual({ refusal: "unreadable_payload" });
  });
});
