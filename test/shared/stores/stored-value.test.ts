import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeValue,
  decodeValues,
  encodeValue,
  encodeValues,
  isAddable,
} from "../../../shared/stores/stored-value.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { spelledOut, storableData } from "../values/storable-values.ts";

const json = new TaggedJSON();

describe("a number that a store can add to", () => {
  test.each([
    0,
    1,
    -1,
    0.5,
    -0.1,
    1e-6,
    0.1 + 0.2,
    1e15 + 0.5,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ])("the number %s is stored as a number", (value) => {
    expect([isAddable(value), encodeValue(value, json, "n")]).toEqual([true, value]);
  });

  test.each([-0, 1e-7, -9e-7, 5e-324, 2 ** 53, -(2 ** 53), 1e300, Number.MAX_VALUE])(
    "the number %s, which DynamoDB would round or refuse, is stored as a string",
    (value) => {
      const stored = encodeValue(value, json, "n");
      expect([isAddable(value), typeof stored]).toEqual([false, "string"]);
      expect(decodeValue(stored, json)).toBe(value);
    },
  );

  test.each([Number.NaN, Number.POSITIVE_INFINITY, "1", 1n, null, undefined, [1], true])(
    "isAddable returns false for %s",
    (value) => {
      expect(isAddable(value)).toBe(false);
    },
  );

  test("the sum of any two addable numbers has at most 38 digits", () => {
    const fraction = fc.double({ min: -10, max: 10, noNaN: true });
    const addable = fc
      .oneof(
        fc.maxSafeInteger(),
        fraction,
        fraction.map((value) => value / 1e5),
      )
      .filter(isAddable);
    fc.assert(
      fc.property(addable, addable, (one, other) => {
        const places = Math.max(decimal(one).places, decimal(other).places);
        const sum = [one, other].map((value) => {
          const { digits, places: own } = decimal(value);
          return digits * 10n ** BigInt(places - own);
        });
        const needed = `${sum.reduce((a, b) => a + b)}`.replace(/^-|0+$/g, "");
        expect(needed.length).toBeLessThanOrEqual(38);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Returns the digits of a number as JavaScript writes it, and the number of decimal places. */
function decimal(value: number): { digits: bigint; places: number } {
  const [mantissa = "", exponent = "0"] = value.toString().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places };
}

describe("any other value", () => {
  test.each<[string, unknown, text: string]>([
    ["a string", "1", '"1"'],
    ["null", null, "null"],
    ["a boolean", true, "true"],
    ["an integer past 2^53", 2n ** 64n, "18446744073709551616"],
    ["bytes", Uint8Array.of(1), '{" b":"AQ=="}'],
    ["an array", [1, "a"], '[1,"a"]'],
  ])("%s is stored as JSON with Flask's tags", (_what, value, text) => {
    expect(encodeValue(value, json, "key")).toBe(text);
    expect(decodeValue(text, json)).toEqual(value);
  });

  test.each([() => 1, Number.NaN, undefined, new Map(), Symbol("x")])(
    "encodeValue rejects %s and names its path",
    (value) => {
      expect(() => encodeValue({ a: [value] }, json, "key")).toThrow(
        expect.objectContaining({ name: "UnstorableValueError", path: "key.a[0]" }),
      );
    },
  );

  test.each(["", "{", "[1", "undefined", "NaN", "'a'"])("decodeValue throws for the string %j", (text) => {
    expect(() => decodeValue(text, json)).toThrow();
  });
});

describe("the values of a session", () => {
  test("any data is decoded equal and in the same order", () => {
    fc.assert(
      fc.property(storableData, (data) => {
        const stored = encodeValues(data, Object.keys(data), json);
        const again = decodeValues(stored, json);
        expect(spelledOut(again)).toEqual(spelledOut(data));
        expect(Object.keys(again)).toEqual(Object.keys(data));
      }),
      { numRuns: 300 },
    );
  });

  test("encodeValues returns only the requested keys that exist", () => {
    const stored = encodeValues({ a: 1, b: "x", c: null }, ["c", "a", "absent", "toString"], json);
    expect([...stored]).toEqual([
      ["c", "null"],
      ["a", 1],
    ]);
  });

  test("decoded data may have the key __proto__ and does not change a prototype", () => {
    const values = decodeValues(new Map<string, string | number>([["__proto__", '{"polluted":true}']]), json);
    expect([Object.keys(values), Object.getPrototypeOf(values)]).toEqual([["__proto__"], Object.prototype]);
    expect(encodeValues(values, ["__proto__"], json).get("__proto__")).toBe('{"polluted":true}');
  });
});
