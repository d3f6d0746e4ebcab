import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { parseJson, toExactInteger, unsafeInteger } from "../../../shared/values/exact-json.ts";

const parseExactJson = (text: string) => parseJson(text, toExactInteger);

describe("parseJson with toExactInteger", () => {
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
  ])(
    "parseJson with toExactInteger returns %s as a bigint past 2^53 and as a number otherwise",
    (text, expected) => {
      expect(parseExactJson(text)).toBe(expected);
    },
  );

  test("parseJson with toExactInteger returns an integer of thousands of digits exactly", () => {
    const digits = "1234567890".repeat(400);
    expect(parseExactJson(`{"n":${digits}}`)).toEqual({ n: BigInt(digits) });
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
  ])(
    "parseJson with toExactInteger returns %s, which Python writes for a float, as a number",
    (text, expected) => {
      expect(parseExactJson(text)).toBe(expected);
    },
  );

  test("parseJson with toExactInteger does not convert digits in strings and keys", () => {
    const text = '{"12345678901234567890":"12345678901234567890","s":"[12345678901234567890]"}';
    expect(parseExactJson(text)).toEqual(JSON.parse(text));
  });

  test("parseJson with toExactInteger returns strings beside a long integer unchanged, also those that contain one", () => {
    const strings = [
      "9007199254740993",
      '"9007199254740993',
      "\\",
      '\\"',
      "",
      "n1",
      "-1",
      '[9007199254740993,"',
    ];
    const text = JSON.stringify({ strings, n: 0, [strings[1] ?? ""]: strings[2] });
    const expected = { ...JSON.parse(text), n: -9007199254740993n };
    expect(parseExactJson(text.replace('"n":0', '"n":-9007199254740993'))).toEqual(expected);
  });

  test("parseJson with toExactInteger keeps the last of two equal keys, and integers as keys, beside long integers", () => {
    const text = '{"b":9007199254740993,"2":9007199254740995,"1":"1","b":"x","1":9007199254740997}';
    expect(parseExactJson(text)).toEqual({ 1: 9007199254740997n, 2: 9007199254740995n, b: "x" });
  });

  test("parseJson with toExactInteger finds a long integer at any position, also in arrays and objects", () => {
    const places = Array.from({ length: 40 }, (_, length) => " ".repeat(length));
    for (const place of places) {
      expect(parseExactJson(`${place}9007199254740993`)).toBe(9007199254740993n);
      expect(parseExactJson(`${place}[{"a":-9007199254740993}]`)).toEqual([{ a: -9007199254740993n }]);
    }
  });

  test.each(["__proto__", "constructor", "toString"])(
    "parseJson with toExactInteger treats %s as an ordinary key",
    (key) => {
      for (const text of [`{"${key}":{"x":9007199254740993}}`, `{"${key}":{"x":1}}`]) {
        const value = parseExactJson(text) as object;
        expect(Object.keys(value)).toEqual([key]);
        expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      }
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    },
  );

  test.each(["", "{", "[1,]", "01", "NaN", "12345678901234567890x", "[9007199254740993"])(
    "parseJson with toExactInteger throws a SyntaxError for %j, as JSON.parse does",
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  test("parseJson with toExactInteger returns the same as JSON.parse for all JSON without long integers", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}|\\\\/.test(text));
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("parseJson with toExactInteger returns any value with strings of digits and long integers that JSON can write", () => {
    const digits = fc.stringMatching(/^[\d"\\.e+-]{0,40}$/);
    const long = fc.bigInt().filter((n) => BigInt.asIntN(54, n) !== n);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        digits,
        long,
        fc.integer(),
        fc.array(tie("value")),
        fc.dictionary(digits, tie("value")),
      ),
    }));
    fc.assert(
      fc.property(value, (any) => {
        const write = (_key: string, part: unknown) =>
          typeof part === "bigint" ? unsafeInteger(part) : part;
        expect(parseExactJson(JSON.stringify(any, write))).toEqual(any);
      }),
    );
  });
});

describe("the work of parseJson", () => {
  const LONG = "1234567890123456789";

  /** Counts the calls of `JSON.parse` with a reviver and without, and the characters of their texts. */
  function workOf(text: string): { parses: number; revivers: number; characters: number } {
    const parse = vi.spyOn(JSON, "parse");
    parseExactJson(text);
    const revivers = parse.mock.calls.filter(([, reviver]) => reviver !== undefined).length;
    const lengths = parse.mock.calls.map(([text]) => text.length);
    parse.mockRestore();
    return { parses: lengths.length, revivers, characters: lengths.reduce((sum, length) => sum + length, 0) };
  }

  test.each<[string, string]>([
    ["a string of digits", `"${LONG}"`],
    ["a key of digits", `{"${LONG}":1}`],
    ["a fraction of many digits", "0.1234567890123456789"],
  ])("%s is parsed once, as JSON without digits", (_what, item) => {
    expect(workOf(`[1,2,${item}]`)).toMatchObject({ parses: 1, revivers: 0 });
  });

  test("a long integer costs one further parse, and no call of a function for each value", () => {
    expect(workOf(`[1,2,{"a":${LONG}}]`)).toMatchObject({ parses: 2, revivers: 0 });
  });

  test("a string with an escape costs two further parses, one of which is that of the string", () => {
    expect(workOf('[1,2,{"a":"\\n"}]')).toMatchObject({ parses: 3, revivers: 0 });
  });

  test.each<[string, (count: number) => string]>([
    ["numbers", (count) => `[${"1,".repeat(count)}${LONG}]`],
    ["digits in strings", (count) => `[${`"${LONG}",`.repeat(count)}1]`],
    ["long integers", (count) => `[${`${LONG},`.repeat(count)}1]`],
    ["empty strings", (count) => `[${'"",'.repeat(count)}${LONG}]`],
    ["escaped quotes", (count) => `["${'\\"'.repeat(count)}",${LONG}]`],
    ["backslashes", (count) => `["${"\\\\".repeat(count)}",${LONG}]`],
    ["strings with an escape", (count) => `[${'"\\n",'.repeat(count)}1]`],
    ["names with an escape", (count) => `{${'"\\n":1,'.repeat(count)}"b":1}`],
    ["digits of one integer", (count) => "1".repeat(count + 16)],
    ["runs of 15 digits", (count) => `[${"123456789012345,".repeat(count)}${LONG}]`],
    ["exponents", (count) => `[${"1e-0000000000000001,".repeat(count)}${LONG}]`],
    ["keys", (count) => `{${'"a":1,'.repeat(count)}"b":${LONG}}`],
  ])("the work of parseJson grows no faster than the number of %s", (_what, make) => {
    const [half, full] = [workOf(make(500)), workOf(make(1000))];
    expect(full.characters).toBeLessThan(2.1 * half.characters);
    expect(full.characters).toBeLessThan(4 * make(1000).length);
    expect(full.parses).toBeLessThanOrEqual(2 * half.parses);
    expect(full.revivers).toBe(0);
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

  test("parseJson with toExactInteger returns any number or bigint that unsafeInteger wrote with the same type and value", () => {
    const integers = fc.double({ noNaN: true, noDefaultInfinity: true }).map(Math.trunc);
    const value = fc.oneof(
      fc.bigInt().filter((n) => BigInt.asIntN(54, n) !== n),
      integers.filter((n) => !Number.isSafeInteger(n)),
      fc.constant(-0),
    );
    const expectSame = (n: bigint | number): void => {
      expect(parseExactJson(write(n))).toBe(n);
    };
    fc.assert(fc.property(value, expectSame));
  });
});
