import { expect, test } from "vitest";
import { OptionError } from "../../../options/option-error.ts";
import { SessionTooLargeError } from "../../../session/session-errors.ts";
import { MOST_VALUE_BYTES } from "../../../stores/conditional-store.ts";
import type { ConditionalContract } from "./conditional-contract.ts";

/** Tests of unusual and of large values and keys. */
export function testValues(contract: ConditionalContract): void {
  test.each([" ", "-", "undefined", "\u0000\n\t", "Zürich 🦉", "e\u0301", '{"S":"a"}', ":v0 AND #n0"])(
    "the value %j is kept exactly and can be expected",
    async (value) => {
      expect(await contract.write(value)).toBe(true);
      expect(await contract.read()).toBe(value);
      expect(await contract.write("a")).toBe(false);
      expect(await contract.write("a", { expected: value })).toBe(true);
      expect(await contract.write(value, { expected: "a" })).toBe(true);
      expect(await contract.remove(value)).toBe(true);
    },
  );

  test.each(["__proto__", "constructor", "item#", "Zürich 🦉", " ", "#n0 = :v0"])(
    "the key %j is a key like others",
    async (key) => {
      contract.key = `${contract.key}${key}`;
      expect(await contract.read()).toBeUndefined();
      expect(await contract.write("a")).toBe(true);
      expect(await contract.read()).toBe("a");
      expect(await contract.remove()).toBe(true);
    },
  );

  test.each(["a", "🦉"])("a value of the maximum size of the character %s is kept", async (character) => {
    const value = character.repeat(MOST_VALUE_BYTES / Buffer.byteLength(character));
    expect(await contract.write(value)).toBe(true);
    expect(await contract.read()).toBe(value);
    expect(await contract.write("a", { expected: value })).toBe(true);
  });

  test("a larger value throws SessionTooLargeError and leaves the present one", async () => {
    await contract.write("a");
    const writing = contract.write("b".repeat(MOST_VALUE_BYTES + 1), { expected: "a" });
    await expect(writing).rejects.toThrow(SessionTooLargeError);
    expect(await contract.read()).toBe("a");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 4_000_000_000.5])(
    "the time %d throws OptionError and nothing is written",
    async (expiresAt) => {
      await expect(contract.write("a", { expiresAt })).rejects.toThrow(OptionError);
      expect(await contract.read()).toBeUndefined();
    },
  );

  test.each(["", "\ud83e"])("the value %j throws OptionError and nothing is written", async (value) => {
    await contract.write("a");
    await expect(contract.write(value, { expected: "a" })).rejects.toThrow(OptionError);
    await expect(contract.write("b", { expected: value })).rejects.toThrow(OptionError);
    await expect(contract.remove(value)).rejects.toThrow(OptionError);
    expect(await contract.read()).toBe("a");
  });
}
