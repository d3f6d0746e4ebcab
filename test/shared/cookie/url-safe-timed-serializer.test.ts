import { describe, expect, test, vi } from "vitest";
import {
  type SerializerOptions,
  URLSafeTimedSerializer,
} from "../../../shared/cookie/url-safe-timed-serializer.ts";
import { TimestampSigner } from "../../../shared/crypto/timestamp-signer.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UnstorableValueError } from "../../../shared/values/unstorable-value-error.ts";

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

/** A valid signature over any payload. */
function signed(payload: string): string {
  return new TimestampSigner(OPTIONS).sign(payload, NOW);
}

function base64url(json: string | Uint8Array): string {
  return Buffer.from(json as string).toString("base64url");
}

function deflated(json: string | Uint8Array): string {
  return `.${zlib.deflateSync(json).toString("base64url")}`;
}

describe("a dictionary as signed text", () => {
  test("is what itsdangerous writes", () => {
    const text = "eyJrZXkiOiJ2YWx1ZSJ9.awQqwA.HVbrxefbpEyCreGkyTFFjDi9pzPVw4TeaVgXTA9XmYE";
    expect(serializer().dumps({ key: "value" }, NOW)).toBe(text);
  });

  test.each([true, false])("comes back with the time (compress: %s)", (compress) => {
    for (const values of [{}, { a: Tuple.of(1), b: 2n ** 64n }, LONG]) {
      const text = serializer({ compress }).dumps(values, NOW - 5);
      expect(serializer().loads(text, AGE)).toStrictEqual({ values, signedAt: NOW - 5 });
    }
  });

  test("is compressed where the setting says so and it pays, and read with either setting", () => {
    const [long, plain] = [true, false].map((compress) => serializer({ compress }).dumps(LONG, NOW));
    expect(long).toMatch(/^\./);
    expect(plain).not.toMatch(/^\./);
    for (const text of [`${long}`, `${plain}`])
      expect(serializer({ compress: false }).loads(text, AGE)).toMatchObject({ values: LONG });
  });

  test("holds nothing that a cookie would have to escape", () => {
    expect(serializer().dumps({ "ключ; =": 'Zoë 😀 "\\' }, NOW)).toMatch(/^[\w.-]+$/);
  });

  test("throws for what cannot be stored, with the path", () => {
    expect(() => serializer().dumps({ a: { b: undefined } }, NOW)).toThrow(
      new UnstorableValueError("a.b", "undefined is no value"),
    );
  });
});

describe("a text that is no session", () => {
  test.each<[string, string, string]>([
    ["nothing", "", "malformed"],
    ["no signature", "eyJrZXkiOiJ2YWx1ZSJ9", "malformed"],
    ["a wrong signature", signed("e30").replace(/.$/, (last) => (last === "A" ? "B" : "A")), "bad_signature"],
  ])("has a reason: %s", (_name, text, refusal) => {
    expect(serializer().loads(text, AGE)).toEqual({ refusal });
  });

  test("has a reason where only its time does not count", () => {
    const subject = serializer();
    expect(subject.loads(subject.dumps({}, NOW - 3601), AGE)).toEqual({ refusal: "expired" });
    expect(subject.loads(subject.dumps({}, NOW + 61), AGE)).toEqual({ refusal: "signed_in_future" });
  });

  test("is neither inflated nor parsed before signature and time hold", () => {
    const json = new TaggedJSON();
    const [loads, inflate] = [vi.spyOn(json, "loads"), vi.spyOn(zlib, "inflateSync")];
    const [subject, stranger] = [
      serializer({ json }),
      serializer({ keys: ["another key, just as long as the first"] }),
    ];
    expect(subject.loads(stranger.dumps(LONG, NOW), AGE)).toEqual({ refusal: "bad_signature" });
    expect(subject.loads(subject.dumps(LONG, NOW + 61), AGE)).toEqual({ refusal: "signed_in_future" });
    expect([loads.mock.calls, inflate.mock.calls]).toEqual([[], []]);
    subject.loads(subject.dumps(LONG, NOW), AGE);
    expect([loads.mock.calls.length, inflate.mock.calls.length]).toEqual([1, 1]);
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["a dot", "."],
    ["no base64", "~~~"],
    ["base64 of nothing JSON knows", base64url("{")],
    ["text that is not closed", base64url('{"a":"')],
    ["a list", base64url("[1]")],
    ["a number", base64url("5")],
    ["a text", base64url('"abc"')],
    ["null", base64url("null")],
    ["true", base64url("true")],
    ["a tuple", base64url('{" t":[1]}')],
    ["bytes", base64url('{" b":"AAAA"}')],
    ["a date", base64url('{" d":"Mon, 23 Nov 2026 02:20:00 GMT"}')],
    ["a tag that holds no tuple", base64url('{" t":5}')],
    ["a tag that holds no UUID", base64url('{" u":"abc"}')],
    ["a tag further down that holds no UUID", base64url('{"a":[{" u":"abc"}]}')],
    ["a tag further down that holds no date", base64url('{"a":[{" d":5}]}')],
    ["bytes that are not UTF-8", base64url(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))],
    [
      "compressed bytes that are not UTF-8",
      deflated(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    ],
    ["a compressed list", deflated("[1]")],
    ["a dot before what is not compressed", `.${base64url("{}")}`],
    ["what was compressed but cut off", deflated(JSON.stringify(LONG)).slice(0, -12)],
    ["more than a megabyte, compressed", deflated(JSON.stringify({ a: "a".repeat(1024 * 1024) }))],
    ["tags deeper than the stack", deflated(`${'{"a":'.repeat(100_000)}{" t":[]}${"}".repeat(100_000)}`)],
  ])("has the reason unreadable_payload where a valid signature stands over %s", (_name, payload) => {
    expect(serializer().loads(signed(payload), AGE)).toEqual({ refusal: "unreadable_payload" });
  });

  test("is not one with a tag of an own type that cannot read what stands there", () => {
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
    expect(serializer({ json }).loads(text, AGE)).toEqual({ refusal: "unreadable_payload" });
    expect(serializer().loads(text, AGE)).toMatchObject({ values: { a: { " own": 1 } } });
  });
});
