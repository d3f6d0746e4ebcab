import { describe, expect, test } from "vitest";
import { assertSecretKeys } from "../../../shared/crypto/secret-keys.ts";
import { OptionError } from "../../../shared/options/option-error.ts";

const KEY = "0123456789abcdef0123456789abcdef";

function errorOf(keys: unknown, option?: string): OptionError {
  try {
    assertSecretKeys(keys, option);
  } catch (error) {
    return error as OptionError;
  }
  throw new Error("the keys were accepted");
}

describe("assertSecretKeys", () => {
  test.each<[string, unknown[]]>([
    ["no key", []],
    ["text of 32 bytes", [KEY]],
    ["bytes", [new Uint8Array(32)]],
    ["a Buffer", [Buffer.alloc(32)]],
    ["text whose UTF-8 is 32 bytes long", ["é".repeat(16)]],
    ["several keys, of text and bytes", [KEY, Buffer.alloc(64), KEY]],
  ])("accepts a list of %s", (_name, keys) => {
    expect(() => assertSecretKeys(keys)).not.toThrow();
  });

  test.each<[string, unknown]>([
    ["a single key", KEY],
    ["bytes", Buffer.alloc(32)],
    ["nothing", undefined],
    ["null", null],
    ["a set", new Set([KEY])],
    ["an object", { 0: KEY, length: 1 }],
  ])("refuses %s where a list belongs", (_name, keys) => {
    const error = errorOf(keys);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.option).toBe("keys");
    expect(error.message).toMatch(/^keys: must be an array of secret keys/);
  });

  test.each<[string, unknown]>([
    ["a number", 5],
    ["nothing", undefined],
    ["null", null],
    ["a list", [KEY]],
    ["an object", { key: KEY }],
    ["other binary data", new Uint16Array(32)],
    ["a buffer without a view", new ArrayBuffer(32)],
  ])("refuses %s as a key, naming its place", (_name, key) => {
    const error = errorOf([KEY, key]);
    expect(error.option).toBe("keys[1]");
    expect(error.message).toBe("keys[1]: must be a string or a Uint8Array");
  });

  test.each<[string, string | Uint8Array, number]>([
    ["31 characters", KEY.slice(1), 31],
    ["empty text", "", 0],
    ["31 bytes", new Uint8Array(31), 31],
    ["16 characters that are 31 bytes", `${"é".repeat(15)}e`, 31],
  ])("refuses a key that is too short: %s", (_name, key, length) => {
    const error = errorOf([KEY, KEY, key]);
    expect(error.option).toBe("keys[2]");
    expect(error.message).toBe(`keys[2]: is ${length} bytes long, but must be at least 32`);
  });

  test("calls the list as its caller does", () => {
    expect(errorOf(KEY, "SESSION_SECRET_KEYS").option).toBe("SESSION_SECRET_KEYS");
    expect(errorOf([""], "SESSION_SECRET_KEYS").option).toBe("SESSION_SECRET_KEYS[0]");
  });

  test.each<[string, unknown]>([
    ["a single key", KEY],
    ["a short key", [KEY.slice(1)]],
    ["a list in the list", [[KEY]]],
    ["an object", { keys: [KEY] }],
    ["an object in the list", [{ key: KEY }]],
  ])("never tells a key: %s", (_name, keys) => {
    const { message, stack, option } = errorOf(keys);
    expect(`${message} ${stack} ${option}`).not.toContain(KEY.slice(1, 9));
  });
});
