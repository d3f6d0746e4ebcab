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
  test.each([true, false])("gives the JSON back (compress: %s)", (compress) => {
    for (const json of ["{}", '{"a":"Zoë 😀"}', '{"a":"\ufffd"}', REPETITIVE, REPETITIVE.repeat(5)]) {
      expect(decodePayload(encodePayload(json, compress))).toBe(json);
    }
  });

  test("is base64url without padding", () => {
    expect(encodePayload('{"a":"~~~???"}', false)).toBe("eyJhIjoifn5-Pz8_In0");
  });

  test("is compressed only where the setting says so", () => {
    expect(encodePayload(REPETITIVE, true)).toMatch(/^\.[\w-]+$/);
    expect(encodePayload(REPETITIVE, false)).toMatch(/^[\w-]+$/);
  });

  test("holds a zlib stream behind the dot, as itsdangerous writes it", () => {
    const bytes = Buffer.from(encodePayload(REPETITIVE, true).slice(1), "base64url");
    expect(inflateSync(bytes).toString()).toBe(REPETITIVE);
  });

  test("is compressed from 300 bytes on", () => {
    const json = (bytes: number) => `"${"a".repeat(bytes - 2)}"`;
    expect(COMPRESS_FROM).toBe(300);
    expect(encodePayload(json(299), true)).not.toMatch(/^\./);
    expect(encodePayload(json(300), true)).toMatch(/^\./);
  });

  test("counts bytes, not characters", () => {
    expect(encodePayload(`"${"é".repeat(149)}"`, true)).toMatch(/^\./);
  });

  test("is not compressed where that would not make it shorter", () => {
    const noise = createHash("shake256", { outputLength: COMPRESS_FROM }).digest().toString("ascii");
    expect(encodePayload(noise, true)).toBe(Buffer.from(noise).toString("base64url"));
  });
});

describe("a payload that was not written here", () => {
  test("is refused when it was marked as compressed but is not", () => {
    expect(() => decodePayload(`.${Buffer.from("{}").toString("base64url")}`)).toThrow();
    expect(() => decodePayload(".")).toThrow();
    expect(() => decodePayload(`.${gzipSync("{}").toString("base64url")}`)).toThrow();
  });

  test("is refused when it was cut off", () => {
    const payload = deflated(REPETITIVE);
    for (let length = 1; length < payload.length; length++)
      expect(() => decodePayload(payload.slice(0, length))).toThrow();
  });

  test("may inflate to a megabyte", () => {
    expect(decodePayload(deflated("a".repeat(MOST_INFLATED)))).toHaveLength(1024 * 1024);
  });

  test("is refused when it would inflate to more", () => {
    expect(() => decodePayload(deflated("a".repeat(MOST_INFLATED + 1)))).toThrow(RangeError);
  });

  test.each<[string, (bytes: Buffer) => string]>([
    ["as it is", (bytes) => bytes.toString("base64url")],
    ["compressed", deflated],
  ])("is refused when it is not UTF-8: %s", (_name, encode) => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
    ])
      expect(() => decodePayload(encode(Buffer.from(bytes)))).toThrow();
  });
});
