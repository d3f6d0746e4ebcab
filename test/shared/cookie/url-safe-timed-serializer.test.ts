import { describe, expect, test, vi } from "vitest";
import {
  type SerializerOptions,
  URLSafeTimedSerializer,
} from "../../../shared/cookie/url-safe-timed-serializer.ts";
import { TimestampSigner } from "../../../shared/crypto/timestamp-signer.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UnstorableValueError } from "../../../shared/values/unstorable-value-error.ts";
import { load } from "./load.ts";

const zlib = process.getBuiltinModule("node:zlib");
const NOW = 1_795_435_200;
const AGE = { now: NOW, maxAge: 3600, clockSkew: 60 };
const OPTIONS: SerializerOptions = {
  keys: ["a secret key of 32 bytes or more"],
  salt: "cookie-session",
  digest: "sha256",
  keyDerivation: "hmac",
  json: new TaggedJSON(),
  compress: true,
};
const LONG = { log: Array.from({ length: 40 }, (_, id) => ({ id, name: "item" })) };

function serializer(options: Partial<SerializerOptions> = {}): URLSafeTimedSerializer {
  return new URLSafeTimedSerializer({ ...OPTIONS, ...options });
}

/** Returns any payload, validly signed. */
function signed(payload: string): string {
  return new TimestampSigner(OPTIONS).sign(payload, NOW);
}

function base64url(json: string | Uint8Array): string {
  return Buffer.from(json as string).toString("base64url");
}

function deflated(json: string | Uint8Array): string {
  return `.${zlib.deflateSync(json).toString("base64url")}`;
}

describe("an object as signed text", () => {
  test("a signed text is the same as that of itsdangerous", () => {
    const text = "eyJrZXkiOiJ2YWx1ZSJ9.awQqwA.HVbrxefbpEyCreGkyTFFjDi9pzPVw4TeaVgXTA9XmYE";
    expect(serializer().dumps({ key: "value" }, NOW)).toBe(text);
  });

  test.each([true, false])("a signed text is read back with its time (compress: %s)", (compress) => {
    for (const values of [{}, { a: Tuple.of(1), b: 2n ** 64n }, LONG]) {
      const text = serializer({ compress }).dumps(values, NOW - 5);
      expect(load(serializer(), text, AGE)).toStrictEqual({ values, signedAt: NOW - 5 });
    }
  });

  test("a signed text is compressed if compress is true and that makes it shorter, and is read with either setting", () => {
    const [long, plain] = [true, false].map((compress) => serializer({ compress }).dumps(LONG, NOW));
    expect(long).toMatch(/^\./);
    expect(plain).not.toMatch(/^\./);
    for (const text of [`${long}`, `${plain}`])
      expect(load(serializer({ compress: false }), text, AGE)).toMatchObject({ values: LONG });
  });

  test("a signed text contains no character that a cookie has to escape", () => {
    expect(serializer().dumps({ "ключ; =": 'Zoë 😀 "\\' }, NOW)).toMatch(/^[\w.-]+$/);
  });

  test("signing a value that cannot be stored throws an error with its path", () => {
    expect(() => serializer().dumps({ a: { b: undefined } }, NOW)).toThrow(
      new UnstorableValueError("a.b", "undefined is not a value; delete the key or store null"),
    );
  });
});

describe("a signed text that is refused", () => {
  test.each<[string, string, string]>([
    ["an empty string", "", "malformed"],
    ["no signature", "eyJrZXkiOiJ2YWx1ZSJ9", "malformed"],
    ["a wrong signature", signed("e30").replace(/.$/, (last) => (last === "A" ? "B" : "A")), "bad_signature"],
  ])("a text is refused with a reason when it is or has %s", (_name, text, refusal) => {
    expect(load(serializer(), text, AGE)).toEqual({ refusal });
  });

  test("a signed text is refused when it has expired or is from the future", () => {
    const subject = serializer();
    expect(load(subject, subject.dumps({}, NOW - 3601), AGE)).toEqual({ refusal: "expired" });
    expect(load(subject, subject.dumps({}, NOW + 61), AGE)).toEqual({ refusal: "signed_in_future" });
  });

  test("a signed text is inflated and parsed only after its signature and its time were verified", () => {
    const json = new TaggedJSON();
    const [loads, inflate] = [vi.spyOn(json, "loads"), vi.spyOn(zlib, "inflateSync")];
    const [subject, stranger] = [
      serializer({ json }),
      serializer({ keys: ["another key, just as long as the first"] }),
    ];
    expect(load(subject, stranger.dumps(LONG, NOW), AGE)).toEqual({ refusal: "bad_signature" });
    expect(load(subject, subject.dumps(LONG, NOW + 61), AGE)).toEqual({ refusal: "signed_in_future" });
    expect([loads.mock.calls, inflate.mock.calls]).toEqual([[], []]);
    load(subject, subject.dumps(LONG, NOW), AGE);
    expect([loads.mock.calls.length, inflate.mock.calls.length]).toEqual([1, 1]);
  });

  test.each<[string, string]>([
    ["an empty payload", ""],
    ["a dot", "."],
    ["no base64", "~~~"],
    ["base64 of invalid JSON", base64url("{")],
    ["a string that is not closed", base64url('{"a":"')],
    ["an array", base64url("[1]")],
    ["a number", base64url("5")],
    ["a string", base64url('"abc"')],
    ["null", base64url("null")],
    ["true", base64url("true")],
    ["a tuple", base64url('{" t":[1]}')],
    ["bytes", base64url('{" b":"AAAA"}')],
    ["a date", base64url('{" d":"Mon, 23 Nov 2026 02:20:00 GMT"}')],
    ["a tag that holds no tuple", base64url('{" t":5}')],
    ["a tag that holds no UUID", base64url('{" u":"abc"}')],
    ["a nested tag that holds no UUID", base64url('{"a":[{" u":"abc"}]}')],
    ["a nested tag that holds no date", base64url('{"a":[{" d":5}]}')],
    ["bytes that are not UTF-8", base64url(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))],
    [
      "compressed bytes that are not UTF-8",
      deflated(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    ],
    ["a compressed array", deflated("[1]")],
    ["a dot before data that is not compressed", `.${base64url("{}")}`],
    ["compressed data that was cut off", deflated(JSON.stringify(LONG)).slice(0, -12)],
    ["more than a megabyte, compressed", deflated(JSON.stringify({ a: "a".repeat(1024 * 1024) }))],
    ["tags deeper than the stack", deflated(`${'{"a":'.repeat(100_000)}{" t":[]}${"}".repeat(100_000)}`)],
  ])(
    "a signed text is refused as unreadable_payload when its payload is or contains %s",
    (_name, payload) => {
      expect(load(serializer(), signed(payload), AGE)).toEqual({ refusal: "unreadable_payload" });
    },
  );

  test("a signed text is refused as unreadable_payload when a registered type cannot read its value", () => {
    const json = new TaggedJSON();
    json.register({
      key: " own",
      check: () => false,
      toJSON: () => null,
      fromJSON: () => {
        throw new Error("not readable");
      },
    });
    const text = signed(base64url('{"a":{" own":1}}'));
    expect(load(serializer({ json }), text, AGE)).toEqual({ refusal: "unreadable_payload" });
    expect(load(serializer(), text, AGE)).toMatchObject({ values: { a: { " own": 1 } } });
  });
});
