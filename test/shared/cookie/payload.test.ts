import { createHash } from "node:crypto";
import { deflateSync, gzipSync, inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  COMPRESS_FROM,
  decodePayload,
  encodePayload,
  MOST_INFLATED,
} from "../../../shared/cookie/payload.ts";

const REPETITIVE = JSON.stringify({ log: "item ".repeat(200) });

function deflated(bytes: Uint8Array | string): string {
  return `.${deflateSync(bytes).toString("base64url")}`;
}

describe("a payload", () => {
  test.each([true, false])("a payload decodes to the same JSON (compress: %s)", (compress) => {
    for (const json of ["{}", '{"a":"Zoë 😀"}', '{"a":"\ufffd"}', REPETITIVE, REPETITIVE.repeat(5)]) {
      expect(decodePayload(encodePayload(json, compress))).toBe(json);
    }
  });

  test("a payload is base64url without padding", () => {
    expect(encodePayload('{"a":"~~~???"}', false)).toBe("eyJhIjoifn5-Pz8_In0");
  });

  test("a payload is compressed only if compress is true", () => {
    expect(encodePayload(REPETITIVE, true)).toMatch(/^\.[\w-]+$/);
    expect(encodePayload(REPETITIVE, false)).toMatch(/^[\w-]+$/);
  });

  test("a compressed payload has a zlib stream after the dot, as itsdangerous writes it", () => {
    const bytes = Buffer.from(encodePayload(REPETITIVE, true).slice(1), "base64url");
    expect(inflateSync(bytes).toString()).toBe(REPETITIVE);
  });

  test("a payload is compressed from 300 bytes on", () => {
    const json = (bytes: number) => `"${"a".repeat(bytes - 2)}"`;
    expect(COMPRESS_FROM).toBe(300);
    expect(encodePayload(json(299), true)).not.toMatch(/^\./);
    expect(encodePayload(json(300), true)).toMatch(/^\./);
  });

  test("the size from which a payload is compressed counts bytes, not characters", () => {
    expect(encodePayload(`"${"é".repeat(149)}"`, true)).toMatch(/^\./);
  });

  test("a payload is not compressed if it could not be inflated again", () => {
    expect(encodePayload(`"${"a".repeat(MOST_INFLATED - 2)}"`, true)).toMatch(/^\./);
    expect(encodePayload(`"${"a".repeat(MOST_INFLATED - 1)}"`, true)).not.toMatch(/^\./);
    expect(encodePayload(`"${"é".repeat(MOST_INFLATED / 2)}"`, true)).not.toMatch(/^\./);
  });

  test("a payload is not compressed if that would not make it shorter", () => {
    const noise = createHash("shake256", { outputLength: COMPRESS_FROM }).digest().toString("ascii");
    expect(encodePayload(noise, true)).toBe(Buffer.from(noise).toString("base64url"));
  });
});

describe("a payload that encodePayload did not write", () => {
  test("decoding throws for a payload that is marked as compressed but is not", () => {
    expect(() => decodePayload(`.${Buffer.from("{}").toString("base64url")}`)).toThrow();
    expect(() => decodePayload(".")).toThrow();
    expect(() => decodePayload(`.${gzipSync("{}").toString("base64url")}`)).toThrow();
  });

  test("decoding throws for a compressed payload that was cut off", () => {
    const payload = deflated(REPETITIVE);
    for (let length = 1; length < payload.length; length++)
      expect(() => decodePayload(payload.slice(0, length))).toThrow();
  });

  test("a payload that inflates to 64 KiB is decoded", () => {
    expect(decodePayload(deflated("a".repeat(64 * 1024)))).toHaveLength(64 * 1024);
  });

  test("decoding throws a RangeError for a payload that inflates to more than 64 KiB", () => {
    expect(() => decodePayload(deflated("a".repeat(64 * 1024 + 1)))).toThrow(RangeError);
  });

  test.each<[string, (bytes: Buffer) => string]>([
    ["not compressed", (bytes) => bytes.toString("base64url")],
    ["compressed", deflated],
  ])("decoding throws for a payload that is not UTF-8: %s", (_name, encode) => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
    ])
      expect(() => decodePayload(encode(Buffer.from(bytes)))).toThrow();
  });
});
