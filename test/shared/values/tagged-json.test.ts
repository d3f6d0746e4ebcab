import { afterEach, describe, expect, test } from "vitest";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Markup } from "../../../shared/values/types/markup.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UUID } from "../../../shared/values/types/uuid.ts";

const json = new TaggedJSON();

function roundTrip(value: unknown): unknown {
  return json.loads(json.dumps(value));
}

describe("JSON's own types", () => {
  test.each([null, true, false, 0, -1, 1.5, 1e-7, 5e-324, "", "Zoë 😀 \u2028 \0", [], {}, [[], {}, [null]]])(
    "%j is written as JSON.stringify does and read unchanged",
    (value) => {
      expect(json.dumps(value)).toBe(JSON.stringify(value));
      expect(roundTrip(value)).toStrictEqual(value);
    },
  );

  test("lone surrogates in values and keys are read unchanged", () => {
    const value = { "\ud83d": "\ude00", whole: "\ud83d\ude00" };
    expect(roundTrip(value)).toStrictEqual(value);
  });

  test("objects are written without white space and in the order of their keys", () => {
    expect(json.dumps({ b: 1, a: [1, { d: 2, c: 3 }] })).toBe('{"b":1,"a":[1,{"d":2,"c":3}]}');
  });

  test("an object without a prototype is read as an ordinary object", () => {
    const bare = Object.assign(Object.create(null), {
      a: Object.assign(Object.create(null), { b: 1n << 64n }),
    });
    expect(roundTrip(bare)).toStrictEqual({ a: { b: 1n << 64n } });
  });

  test("a string that looks like a tag is read as a string", () => {
    expect(roundTrip({ text: '{" t":[1]}' })).toStrictEqual({ text: '{" t":[1]}' });
  });
});

describe("the types that JSON lacks", () => {
  test.each<[string, unknown, string]>([
    ["a tuple", Tuple.of<unknown>(1, "two", null), '{" t":[1,"two",null]}'],
    ["an empty tuple", Tuple.of(), '{" t":[]}'],
    ["bytes", Uint8Array.of(0, 1, 254, 255), '{" b":"AAH+/w=="}'],
    ["empty bytes", new Uint8Array(), '{" b":""}'],
    ["Markup", new Markup("<em>hi</em>"), '{" m":"<em>hi</em>"}'],
    ["a UUID", new UUID("0597ebc1-6e9d-4077-9ca1-284f82f01b58"), '{" u":"0597ebc16e9d40779ca1284f82f01b58"}'],
    ["a date", new Date(1795366800000), '{" d":"Sun, 22 Nov 2026 17:00:00 GMT"}'],
    ["a date with milliseconds", new Date(1795366800007), '{" d":"Sun, 22 Nov 2026 17:00:00 GMT (7 ms)"}'],
  ])("%s is written as Flask does and read unchanged at any depth", (_name, value, text) => {
    expect(json.dumps(value)).toBe(text);
    for (const around of [value, [value], { a: value }, Tuple.of(value), { a: [{ b: Tuple.of([value]) }] }])
      expect(roundTrip(around)).toStrictEqual(around);
  });

  test("tuples and bytes are distinguished from arrays and strings with the same JSON", () => {
    const value = { tuple: Tuple.of(1), list: [1], text: "AAAA", bytes: Uint8Array.of(0, 0, 0) };
    expect(roundTrip(value)).toStrictEqual(value);
  });

  test("only the bytes of a view are stored, not those of the buffer around it", () => {
    const view = Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 4);
    expect(roundTrip(view)).toStrictEqual(Uint8Array.of(2, 3, 4));
  });

  test("a Buffer is read as a Uint8Array", () => {
    const bytes = roundTrip(Buffer.from("abc")) as Uint8Array;
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect([...bytes]).toEqual([97, 98, 99]);
  });

  test("bytes are read with their own ArrayBuffer", () => {
    expect((roundTrip(Uint8Array.of(1, 2)) as Uint8Array).buffer.byteLength).toBe(2);
  });

  test("dates in the years 100 to 9999 are read unchanged", () => {
    for (const iso of ["0100-01-01T00:00:00.001Z", "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"])
      expect(roundTrip(new Date(iso))).toStrictEqual(new Date(iso));
  });

  test("an invalid date is read as null, as Flask reads None", () => {
    expect(json.loads('{"a":{" d":"yesterday"}}')).toStrictEqual({ a: null });
  });
});

describe("numbers past 2^53", () => {
  test.each([
    2n ** 53n,
    2n ** 53n + 1n,
    -(2n ** 53n),
    -(2n ** 53n) - 1n,
    10n ** 15n * 10n,
    2n ** 64n,
    -(10n ** 400n),
  ])("the bigint %s is read digit for digit", (value) => {
    expect(json.dumps(value)).toBe(`${value}`);
    for (const around of [value, [value], { a: { b: value } }, Tuple.of(value)])
      expect(roundTrip(around)).toStrictEqual(around);
  });

  test.each([2 ** 53, -(2 ** 53), 2 ** 53 + 2, 1e21, 1e22, 1.5e300, -0, Number.MAX_VALUE])(
    "the number %d is read as a number",
    (value) => {
      for (const around of [value, [value], { a: { b: value } }, Tuple.of(value)])
        expect(roundTrip(around)).toStrictEqual(around);
    },
  );

  test.each([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 52, 0.1 + 0.2])(
    "the safe number %d is written as JSON.stringify does",
    (value) => {
      expect(json.dumps(value)).toBe(JSON.stringify(value));
      expect(roundTrip(value)).toBe(value);
    },
  );

  test("long digits in strings and keys are not converted", () => {
    const value = { "9007199254740993": "9007199254740993", n: 9007199254740993n };
    expect(roundTrip(value)).toStrictEqual(value);
  });
});

describe("objects that look like a tag", () => {
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

  test.each(lookAlikes)("%j looks like a tag or nearly and is read unchanged at any depth", (value) => {
    for (const around of [value, [value, value], { a: value }, Tuple.of(value), { " t": value }])
      expect(roundTrip(around)).toStrictEqual(around);
  });

  test("an object that looks like a tag is written as Flask does", () => {
    expect(json.dumps({ x: { " t": [1, 2] } })).toBe('{"x":{" di":{" t__":[1,2]}}}');
    expect(json.dumps({ x: { " t": [1], k: 2 } })).toBe('{"x":{" t":[1],"k":2}}');
  });

  test("a value that itself looks like a tag is written as Flask does", () => {
    expect(json.dumps({ " t": 1 })).toBe('{" di":{" t__":1}}');
  });
});

describe("keys with a meaning in JavaScript", () => {
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

  test.each(hostile)("the key %j is read as ordinary data at any depth", (key) => {
    const object = (value: unknown) => Object.fromEntries([[key, value]]);
    const values = [1, "text", null, { polluted: true }, [1], 2n ** 64n, Tuple.of({ polluted: true })];
    for (const inner of values) {
      for (const around of [object(inner), { a: object(inner) }, object(object(inner))]) {
        const result = roundTrip(around) as object;
        expect(Object.keys(result)).toEqual(Object.keys(around));
        expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
        expect(JSON.stringify(untyped(result))).toBe(JSON.stringify(untyped(around)));
      }
    }
  });

  test("reading hostile JSON does not pollute any prototype", () => {
    json.loads('{"__proto__":{"polluted":true,"x":{" t":[]}},"constructor":{"prototype":{"polluted":true}}}');
    json.loads(
      '{"a":{" di":{"__proto____":{"polluted":true}}},"b":{" t":[{"__proto__":{"polluted":1e999}}]}}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(([] as unknown as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("a key toJSON is read as ordinary data", () => {
    for (const value of [{ toJSON: 1 }, { toJSON: { toJSON: "x" } }, { toJSON: Tuple.of(1) }])
      expect(roundTrip(value)).toStrictEqual(value);
  });
});

/** Returns the value with bigints as strings, so that JSON.stringify includes own `__proto__` keys. */
function untyped(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? `${item}` : item)));
}

describe("hostile input", () => {
  test.each(["", "{", "undefined", "{'a':1}", "[1,]", "\ufeff{}"])(
    "loads throws a SyntaxError for %j, which is not JSON",
    (text) => {
      expect(() => json.loads(text)).toThrow(SyntaxError);
    },
  );

  test.each(["5", "true", "null", '"abc"', '{"length":3}', "{}"])(
    "loads throws when a tuple contains %s instead of an array",
    (items) => {
      expect(() => json.loads(`{"a":{" t":${items}}}`)).toThrow();
    },
  );

  test.each(["5", "true", "null", "[65]", "{}"])(
    "loads throws when bytes contain %s instead of a string",
    (value) => {
      expect(() => json.loads(`{"a":{" b":${value}}}`)).toThrow();
    },
  );

  test.each(["5", "null", "[]", "{}"])(
    "loads throws when Markup contains %s instead of a string",
    (value) => {
      expect(() => json.loads(`{"a":{" m":${value}}}`)).toThrow();
    },
  );

  test.each(["5", "null", '"abc"', "[]"])(
    "loads throws when a UUID contains %s instead of hexadecimal digits",
    (value) => {
      expect(() => json.loads(`{"a":{" u":${value}}}`)).toThrow();
    },
  );

  test.each(["5", "null", "[]"])("loads throws when a date contains %s instead of a string", (value) => {
    expect(() => json.loads(`{"a":{" d":${value}}}`)).toThrow();
  });

  test.each(["5", "null", "[1]", '"abc"'])(
    "loads throws when the tag of an object contains %s instead of an object",
    (value) => {
      expect(() => json.loads(`{"a":{" di":${value}}}`)).toThrow();
    },
  );

  test("an unknown tag is read as an ordinary object", () => {
    expect(json.loads('{"a":{" money":5}}')).toStrictEqual({ a: { " money": 5 } });
  });
});

describe("a polluted prototype", () => {
  const polluted = { value: 1, enumerable: true, configurable: true, writable: true };
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, "polluted");
  });

  test("an object that looks like a tag is recognised even if Object.prototype is polluted", () => {
    Object.defineProperty(Object.prototype, "polluted", polluted);
    const text = json.dumps({ " t": [1] });
    Reflect.deleteProperty(Object.prototype, "polluted");
    expect(text).toBe('{" di":{" t__":[1]}}');
  });
});
