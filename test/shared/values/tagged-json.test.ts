import { afterEach, describe, expect, test } from "vitest";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Markup } from "../../../shared/values/types/markup.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UUID } from "../../../shared/values/types/uuid.ts";

const json = new TaggedJSON();

function again(value: unknown): unknown {
  return json.loads(json.dumps(value));
}

describe("what JSON has", () => {
  test.each([null, true, false, 0, -1, 1.5, 1e-7, 5e-324, "", "Zoë 😀 \u2028 \0", [], {}, [[], {}, [null]]])(
    "is written as JSON and comes back: %j",
    (value) => {
      expect(json.dumps(value)).toBe(JSON.stringify(value));
      expect(again(value)).toStrictEqual(value);
    },
  );

  test("comes back even when a text is half of a character, in values and keys", () => {
    const value = { "\ud83d": "\ude00", whole: "\ud83d\ude00" };
    expect(again(value)).toStrictEqual(value);
  });

  test("is written without white space and in the order of its keys", () => {
    expect(json.dumps({ b: 1, a: [1, { d: 2, c: 3 }] })).toBe('{"b":1,"a":[1,{"d":2,"c":3}]}');
  });

  test("comes back from a dictionary without a prototype", () => {
    const bare = Object.assign(Object.create(null), {
      a: Object.assign(Object.create(null), { b: 1n << 64n }),
    });
    expect(again(bare)).toStrictEqual({ a: { b: 1n << 64n } });
  });

  test("is read as an ordinary text when it looks like a tag inside one", () => {
    expect(again({ text: '{" t":[1]}' })).toStrictEqual({ text: '{" t":[1]}' });
  });
});

describe("the types that JSON lacks", () => {
  test.each<[string, unknown, string]>([
    ["a tuple", Tuple.of<unknown>(1, "two", null), '{" t":[1,"two",null]}'],
    ["an empty tuple", Tuple.of(), '{" t":[]}'],
    ["bytes", Uint8Array.of(0, 1, 254, 255), '{" b":"AAH+/w=="}'],
    ["no bytes", new Uint8Array(), '{" b":""}'],
    ["Markup", new Markup("<em>hi</em>"), '{" m":"<em>hi</em>"}'],
    ["a UUID", new UUID("0597ebc1-6e9d-4077-9ca1-284f82f01b58"), '{" u":"0597ebc16e9d40779ca1284f82f01b58"}'],
    ["a date", new Date(1795366800000), '{" d":"Sun, 22 Nov 2026 17:00:00 GMT"}'],
    ["a date with milliseconds", new Date(1795366800007), '{" d":"Sun, 22 Nov 2026 17:00:00 GMT (7 ms)"}'],
  ])("are written as Flask does and come back, wherever they stand: %s", (_name, value, text) => {
    expect(json.dumps(value)).toBe(text);
    for (const around of [value, [value], { a: value }, Tuple.of(value), { a: [{ b: Tuple.of([value]) }] }])
      expect(again(around)).toStrictEqual(around);
  });

  test("are told from what is written like them", () => {
    const value = { tuple: Tuple.of(1), list: [1], text: "AAAA", bytes: Uint8Array.of(0, 0, 0) };
    expect(again(value)).toStrictEqual(value);
  });

  test("keep of a view only the bytes that it shows", () => {
    const view = Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 4);
    expect(again(view)).toStrictEqual(Uint8Array.of(2, 3, 4));
  });

  test("come back as plain bytes from a Buffer", () => {
    const bytes = again(Buffer.from("abc")) as Uint8Array;
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect([...bytes]).toEqual([97, 98, 99]);
  });

  test("come back with a buffer of their own", () => {
    expect((again(Uint8Array.of(1, 2)) as Uint8Array).buffer.byteLength).toBe(2);
  });

  test("keep dates of the years 100 to 9999", () => {
    for (const iso of ["0100-01-01T00:00:00.001Z", "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"])
      expect(again(new Date(iso))).toStrictEqual(new Date(iso));
  });

  test("give null for a date that nobody can read, as Flask gives None", () => {
    expect(json.loads('{"a":{" d":"yesterday"}}')).toStrictEqual({ a: null });
  });
});

describe("numbers past what JSON is exact for", () => {
  test.each([
    2n ** 53n,
    2n ** 53n + 1n,
    -(2n ** 53n),
    -(2n ** 53n) - 1n,
    10n ** 15n * 10n,
    2n ** 64n,
    -(10n ** 400n),
  ])("stay bigint, digit for digit: %s", (value) => {
    expect(json.dumps(value)).toBe(`${value}`);
    for (const around of [value, [value], { a: { b: value } }, Tuple.of(value)])
      expect(again(around)).toStrictEqual(around);
  });

  test.each([2 ** 53, -(2 ** 53), 2 ** 53 + 2, 1e21, 1e22, 1.5e300, -0, Number.MAX_VALUE])(
    "stay a number: %d",
    (value) => {
      for (const around of [value, [value], { a: { b: value } }, Tuple.of(value)])
        expect(again(around)).toStrictEqual(around);
    },
  );

  test.each([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 52, 0.1 + 0.2])(
    "are written as JSON does while they are safe: %d",
    (value) => {
      expect(json.dumps(value)).toBe(JSON.stringify(value));
      expect(again(value)).toBe(value);
    },
  );

  test("do not touch long digits in texts and keys", () => {
    const value = { "9007199254740993": "9007199254740993", n: 9007199254740993n };
    expect(again(value)).toStrictEqual(value);
  });
});

describe("dictionaries that look like a tag", () => {
  const lookAlikes: unknown[] = [
    { " t": [1, 2] },
    { " t": "not a tuple" },
    { " b": 5 },
    { " m": null },
    { " u": "no UUID" },
    { " d": "not a date" },
    { " di": { a: 1 } },
    { " di": { " t": [1] } },
    { " di": null },
    { " t__": "z" },
    { " di__": "z" },
    { " t": { " t": { " t": [] } } },
    { " t": Tuple.of({ " t": 1 }) },
    { " ": 1 },
    { " unknown": 1 },
    { " t": [1], k: 2 },
    { " di": 1, " t": 2 },
  ];

  test.each(lookAlikes)("come back as what they were, wherever they stand: %j", (value) => {
    for (const around of [value, [value, value], { a: value }, Tuple.of(value), { " t": value }])
      expect(again(around)).toStrictEqual(around);
  });

  test("are written as Flask does", () => {
    expect(json.dumps({ x: { " t": [1, 2] } })).toBe('{"x":{" di":{" t__":[1,2]}}}');
    expect(json.dumps({ x: { " t": [1], k: 2 } })).toBe('{"x":{" t":[1],"k":2}}');
  });

  test("are found at the top too", () => {
    expect(json.dumps({ " t": 1 })).toBe('{" di":{" t__":1}}');
  });
});

describe("keys that mean something to JavaScript", () => {
  const hostile = [
    "__proto__",
    "constructor",
    "prototype",
    "hasOwnProperty",
    "toString",
    "valueOf",
    "length",
    "",
  ];

  test.each(hostile)("are data like any other, at the top and further down: %j", (key) => {
    const dictionary = (value: unknown) => Object.fromEntries([[key, value]]);
    const values = [1, "text", null, { polluted: true }, [1], 2n ** 64n, Tuple.of({ polluted: true })];
    for (const inner of values) {
      for (const around of [dictionary(inner), { a: dictionary(inner) }, dictionary(dictionary(inner))]) {
        const result = again(around) as object;
        expect(Object.keys(result)).toEqual(Object.keys(around));
        expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
        expect(JSON.stringify(untyped(result))).toBe(JSON.stringify(untyped(around)));
      }
    }
  });

  test("change nothing outside of the value", () => {
    json.loads('{"__proto__":{"polluted":true,"x":{" t":[]}},"constructor":{"prototype":{"polluted":true}}}');
    json.loads(
      '{"a":{" di":{"__proto____":{"polluted":true}}},"b":{" t":[{"__proto__":{"polluted":1e999}}]}}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(([] as unknown as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("toJSON is data too", () => {
    for (const value of [{ toJSON: 1 }, { toJSON: { toJSON: "x" } }, { toJSON: Tuple.of(1) }])
      expect(again(value)).toStrictEqual(value);
  });
});

/** The same with bigints as text, so that JSON.stringify can tell own `__proto__` keys too. */
function untyped(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? `${item}` : item)));
}

describe("a text that nobody here wrote", () => {
  test.each(["", "{", "undefined", "{'a':1}", "[1,]", "\ufeff{}"])(
    "throws when it is no JSON: %j",
    (text) => {
      expect(() => json.loads(text)).toThrow(SyntaxError);
    },
  );

  test.each(["5", "true", "null", '"abc"', '{"length":3}', "{}"])(
    "throws when %s stands where a tuple's items belong",
    (items) => {
      expect(() => json.loads(`{"a":{" t":${items}}}`)).toThrow();
    },
  );

  test.each(["5", "true", "null", "[65]", "{}"])("throws when %s stands where bytes belong", (value) => {
    expect(() => json.loads(`{"a":{" b":${value}}}`)).toThrow();
  });

  test.each(["5", "null", "[]", "{}"])("throws when %s stands where HTML belongs", (value) => {
    expect(() => json.loads(`{"a":{" m":${value}}}`)).toThrow();
  });

  test.each(["5", "null", '"abc"', "[]"])("throws when %s stands where a UUID belongs", (value) => {
    expect(() => json.loads(`{"a":{" u":${value}}}`)).toThrow();
  });

  test.each(["5", "null", "[]"])("throws when %s stands where a date belongs", (value) => {
    expect(() => json.loads(`{"a":{" d":${value}}}`)).toThrow();
  });

  test.each(["5", "null", "[1]", '"abc"'])(
    "throws when %s stands where a dictionary that looks like a tag belongs",
    (value) => {
      expect(() => json.loads(`{"a":{" di":${value}}}`)).toThrow();
    },
  );

  test("keeps tags that it does not know as the dictionaries that they are", () => {
    expect(json.loads('{"a":{" money":5}}')).toStrictEqual({ a: { " money": 5 } });
  });
});

describe("a prototype that somebody polluted", () => {
  const polluted = { value: 1, enumerable: true, configurable: true, writable: true };
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, "polluted");
  });

  test("does not keep a dictionary from looking like a tag", () => {
    Object.defineProperty(Object.prototype, "polluted", polluted);
    const text = json.dumps({ " t": [1] });
    Reflect.deleteProperty(Object.prototype, "polluted");
    expect(text).toBe('{" di":{" t__":[1]}}');
  });
});
