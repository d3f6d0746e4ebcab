import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, unsafeInteger } from "../../../shared/values/exact-numbers.ts";

describe("parseJson", () => {
  test.each<[string, unknown]>([
    ["9007199254740990", 9007199254740990],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["9007199254740993", 9007199254740993n],
    ["-9007199254740991", -9007199254740991],
    ["-9007199254740992", -9007199254740992n],
    ["-18446744073709551616", -18446744073709551616n],
    ["1234567890123456789", 1234567890123456789n],
    ["1000000000000000", 1000000000000000],
    ["999999999999999", 999999999999999],
  ])("parseJson returns %s as a bigint past 2^53 and as a number otherwise", (text, expected) => {
    expect(parseJson(text)).toBe(expected);
  });

  test("parseJson returns an integer of thousands of digits exactly", () => {
    const digits = "1234567890".repeat(400);
    expect(parseJson(`{"n":${digits}}`)).toEqual({ n: BigInt(digits) });
  });

  test.each<[string, number]>([
    ["1e+22", 1e22],
    ["1E400", Number.POSITIVE_INFINITY],
    ["9007199254740993.0", 9007199254740992],
    ["0.1234567890123456789", 0.12345678901234568],
    ["12345678901234567890.5", 12345678901234567000],
    ["1234567890123456789e3", 1.2345678901234568e21],
    ["-0.0", -0],
    ["0.0000000000000000001", 1e-19],
  ])("parseJson returns %s, which Python writes for a float, as a number", (text, expected) => {
    expect(parseJson(text)).toBe(expected);
  });

  test("parseJson does not convert digits in strings and keys", () => {
    const text = '{"12345678901234567890":"12345678901234567890","s":"[12345678901234567890]"}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test("parseJson finds a long integer at any position, also in arrays and objects", () => {
    const places = Array.from({ length: 40 }, (_, length) => " ".repeat(length));
    for (const place of places) {
      expect(parseJson(`${place}9007199254740993`)).toBe(9007199254740993n);
      expect(parseJson(`${place}[{"a":-9007199254740993}]`)).toEqual([{ a: -9007199254740993n }]);
    }
  });

  test.each(["__proto__", "constructor", "toString"])("parseJson treats %s as an ordinary key", (key) => {
    for (const text of [`{"${key}":{"x":9007199254740993}}`, `{"${key}":{"x":1}}`]) {
      const value = parseJson(text) as object;
      expect(Object.keys(value)).toEqual([key]);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test.each(["", "{", "[1,]", "01", "NaN", "12345678901234567890x", "[9007199254740993"])(
    "parseJson throws a SyntaxError for %j, as JSON.parse does",
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  test("parseJson returns the same as JSON.parse for all JSON without long integers", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}|\\\\/.test(text));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("unsafeInteger", () => {
  const write = (value: bigint | number) => JSON.stringify(unsafeInteger(value));

  test("unsafeInteger writes a bigint digit for digit", () => {
    expect(write(9007199254740993n)).toBe("9007199254740993");
    expect(write(-(2n ** 200n))).toBe(`${-(2n ** 200n)}`);
  });

  test.each<[number, string]>([
    [-0, "-0.0"],
    [2 ** 53, "9.007199254740992e+15"],
    [-(2 ** 53), "-9.007199254740992e+15"],
    [1e21, "1e+21"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
  ])("unsafeInteger writes %d so that Python reads a float", (value, text) => {
    expect(write(value)).toBe(text);
  });

  test("parseJson returns any number or bigint that unsafeInteger wrote with the same type and value", () => {
    const integers = fc.double({ noNaN: true, noDefaultInfinity: true }).map(Math.trunc);
    const value = fc.oneof(
      fc.bigInt().filter((n) => BigInt.asIntN(54, n) !== n),
      integers.filter((n) => !Number.isSafeInteger(n)),
      fc.constant(-0),
    );
    const expectSame = (n: bigint | number): void => {
      expect(parseJson(write(n))).toBe(n);
    };
    fc.assert(fc.property(value, expectSame));
  });
});
