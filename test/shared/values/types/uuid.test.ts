import { describe, expect, test } from "vitest";
import { UUID } from "../../../../shared/values/types/uuid.ts";

const TEXT = "0597ebc1-6e9d-4077-9ca1-284f82f01b58";

describe("a UUID", () => {
  test.each([
    TEXT,
    TEXT.toUpperCase(),
    TEXT.replaceAll("-", ""),
    `${TEXT.replaceAll("-", "")}`.toUpperCase(),
  ])("the UUID of %s has the canonical form", (text) => {
    expect(new UUID(text).value).toBe(TEXT);
  });

  test("a UUID converted to a string or to JSON has the canonical form", () => {
    const uuid = new UUID(TEXT);
    expect(`${uuid}`).toBe(TEXT);
    expect(JSON.stringify({ uuid })).toBe(`{"uuid":"${TEXT}"}`);
  });

  test("a UUID cannot be changed", () => {
    const uuid = new UUID(TEXT);
    expect(() => Object.assign(uuid, { value: "" })).toThrow(TypeError);
  });

  test.each(["", "no UUID", TEXT.slice(1), `${TEXT}0`, TEXT.replace("0", "g"), `{${TEXT}}`, `${TEXT}\n`])(
    "the constructor of a UUID rejects %j",
    (text) => {
      expect(() => new UUID(text)).toThrow(
        new TypeError("text: a UUID must be 32 hexadecimal digits, with or without hyphens"),
      );
    },
  );
});
