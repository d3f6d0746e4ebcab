import { describe, expect, test } from "vitest";
import { UUID } from "../../../../shared/values/types/uuid.ts";

const TEXT = "0597ebc1-6e9d-4077-9ca1-284f82f01b58";

describe("a UUID", () => {
  test.each([
    TEXT,
    TEXT.toUpperCase(),
    TEXT.replaceAll("-", ""),
    `${TEXT.replaceAll("-", "")}`.toUpperCase(),
  ])("has the usual form, however it was written: %s", (text) => {
    expect(new UUID(text).value).toBe(TEXT);
  });

  test("is its usual form as text and as JSON", () => {
    const uuid = new UUID(TEXT);
    expect(`${uuid}`).toBe(TEXT);
    expect(JSON.stringify({ uuid })).toBe(`{"uuid":"${TEXT}"}`);
  });

  test("cannot be changed", () => {
    const uuid = new UUID(TEXT);
    expect(() => Object.assign(uuid, { value: "" })).toThrow(TypeError);
  });

  test.each(["", "no UUID", TEXT.slice(1), `${TEXT}0`, TEXT.replace("0", "g"), `{${TEXT}}`, `${TEXT}\n`])(
    "is made of 32 hexadecimal digits only: %j",
    (text) => {
      expect(() => new UUID(text)).toThrow(new TypeError("a UUID has 32 hexadecimal digits"));
    },
  );
});
