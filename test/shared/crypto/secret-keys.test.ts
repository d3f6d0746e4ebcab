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
    ["a string of 32 bytes", [KEY]],
    ["a Uint8Array", [new Uint8Array(32)]],
    ["a Buffer", [Buffer.alloc(32)]],
    ["a string whose UTF-8 is 32 bytes long", ["é".repeat(16)]],
    ["several strings and byte arrays", [KEY, Buffer.alloc(64), KEY]],
  ])("assertSecretKeys accepts an array with %s", (_name, keys) => {
    expect(() => assertSecretKeys(keys)).not.toThrow();
  });

  test.each<[string, unknown]>([
    ["a single key", KEY],
    ["a Buffer", Buffer.alloc(32)],
    ["undefined", undefined],
    ["null", null],
    ["a Set", new Set([KEY])],
    ["an object", { 0: KEY, length: 1 }],
  ])("assertSecretKeys rejects %s instead of an array", (_name, keys) => {
    const error = errorOf(keys);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.option).toBe("keys");
    expect(error.message).toMatch(/^keys: must be an array of secret keys/);
  });

  test("assertSecretKeys rejects an empty array, because nothing could be signed", () => {
    const error = errorOf([], "SESSION_SECRET_KEYS");
    expect(error).toBeInstanceOf(OptionError);
    expect(error.option).toBe("SESSION_SECRET_KEYS");
    expect(error.message).toMatch(/^SESSION_SECRET_KEYS: is empty; /);
  });

  test.each<[string, unknown]>([
    ["a number", 5],
    ["undefined", undefined],
    ["null", null],
    ["an array", [KEY]],
    ["an object", { key: KEY }],
    ["a Uint16Array", new Uint16Array(32)],
    ["an ArrayBuffer", new ArrayBuffer(32)],
  ])("assertSecretKeys rejects %s as a key and names its index", (_name, key) => {
    const error = errorOf([KEY, key]);
    expect(error.option).toBe("keys[1]");
    expect(error.message).toBe("keys[1]: must be a string or a Uint8Array");
  });

  test.each<[string, string | Uint8Array, number]>([
    ["31 characters", KEY.slice(1), 31],
    ["an empty string", "", 0],
    ["31 bytes", new Uint8Array(31), 31],
    ["16 characters that are 31 bytes", `${"é".repeat(15)}e`, 31],
  ])("assertSecretKeys rejects a key of %s as too short", (_name, key, length) => {
    const error = errorOf([KEY, KEY, key]);
    expect(error.option).toBe("keys[2]");
    expect(error.message).toBe(`keys[2]: has ${length} bytes, but needs 32`);
  });

  test("the error of assertSecretKeys uses the caller's name for the array", () => {
    expect(errorOf(KEY, "SESSION_SECRET_KEYS").option).toBe("SESSION_SECRET_KEYS");
    expect(errorOf([""], "SESSION_SECRET_KEYS").option).toBe("SESSION_SECRET_KEYS[0]");
  });

  test.each<[string, unknown]>([
    ["a single key", KEY],
    ["a short key", [KEY.slice(1)]],
    ["an array in the array", [[KEY]]],
    ["an object", { keys: [KEY] }],
    ["an object in the array", [{ key: KEY }]],
  ])("the error of assertSecretKeys never contains a key when it rejects %s", (_name, keys) => {
    const { message, stack, option } = errorOf(keys);
    expect(`${message} ${stack} ${option}`).not.toContain(KEY.slice(1, 9));
  });
});
