import { describe, expect, test } from "vitest";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UnstorableValueError } from "../../../shared/values/unstorable-value-error.ts";

const json = new TaggedJSON();

function roundTrip(value: unknown): unknown {
  return json.loads(json.dumps(value));
}

function refusalOf(value: unknown, name = ""): UnstorableValueError {
  try {
    json.dumps(value, name);
  } catch (error) {
    return error as UnstorableValueError;
  }
  return expect.unreachable("the value was stored");
}

/** Returns arrays in arrays with this many levels. */
function nested(levels: number): unknown[] {
  let value: unknown[] = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

describe("a value that cannot be stored", () => {
  class Point {
    readonly x = 1;
  }

  test.each<[string, unknown, string]>([
    ["a function", () => 1, "a function cannot be written as JSON; store data only"],
    ["a class", Point, "a function cannot be written as JSON; store data only"],
    ["undefined", undefined, "undefined is not a value; delete the key or store null"],
    ["a symbol", Symbol("secret"), "a symbol cannot be written as JSON; store data only"],
    ["NaN", Number.NaN, "NaN is not a JSON number; store null or a string"],
    ["Infinity", Number.POSITIVE_INFINITY, "Infinity is not a JSON number; store null or a string"],
    ["minus Infinity", Number.NEGATIVE_INFINITY, "-Infinity is not a JSON number; store null or a string"],
    ["a small bigint", 5n, "this bigint fits a number and would be read as one; store Number(value)"],
    [
      "the largest small bigint",
      2n ** 53n - 1n,
      "this bigint fits a number and would be read as one; store Number(value)",
    ],
    [
      "the smallest small bigint",
      -(2n ** 53n) + 1n,
      "this bigint fits a number and would be read as one; store Number(value)",
    ],
    ["a Map", new Map([["a", 1]]), "Map is not a registered type; convert it, or register a tag for it"],
    ["a Set", new Set([1]), "Set is not a registered type; convert it, or register a tag for it"],
    ["a class instance", new Point(), "Point is not a registered type; convert it, or register a tag for it"],
    [
      "an instance of a class without a name",
      new (class {})(),
      " is not a registered type; convert it, or register a tag for it",
    ],
    [
      "an object with its own prototype",
      Object.create({}),
      "Object is not a registered type; convert it, or register a tag for it",
    ],
    [
      "an instance of a subclass of Array",
      new (class Stack extends Array {})(),
      "Stack is not a registered type; convert it, or register a tag for it",
    ],
    ["an error", new Error("secret"), "Error is not a registered type; convert it, or register a tag for it"],
    [
      "a regular expression",
      /secret/,
      "RegExp is not a registered type; convert it, or register a tag for it",
    ],
    [
      "a promise",
      Promise.resolve(1),
      "Promise is not a registered type; convert it, or register a tag for it",
    ],
    ["a boxed number", Object(1), "Number is not a registered type; convert it, or register a tag for it"],
    [
      "a boxed string",
      Object("secret"),
      "String is not a registered type; convert it, or register a tag for it",
    ],
    [
      "a Float64Array",
      new Float64Array(1),
      "Float64Array is not a registered type; convert it, or register a tag for it",
    ],
    [
      "an ArrayBuffer",
      new ArrayBuffer(1),
      "ArrayBuffer is not a registered type; convert it, or register a tag for it",
    ],
    [
      "an invalid date",
      new Date(Number.NaN),
      "a date must be valid and in the years 100 to 9999; store a string",
    ],
    [
      "a date in the year 99",
      new Date("0099-12-31T23:59:59.999Z"),
      "a date must be valid and in the years 100 to 9999; store a string",
    ],
    [
      "a date in the year 10000",
      new Date("+010000-01-01T00:00:00Z"),
      "a date must be valid and in the years 100 to 9999; store a string",
    ],
  ])("dumps rejects %s with an error that names the path and the problem", (_name, value, problem) => {
    const places: [unknown, string][] = [
      [value, "key"],
      [[0, value], "key[1]"],
      [{ a: { b: value } }, "key.a.b"],
      [{ a: [{ b: value }] }, "key.a[0].b"],
      [Tuple.of(1, value), "key[1]"],
      [{ " t": value }, 'key[" t"]'],
    ];
    for (const [around, path] of places) {
      const error = refusalOf(around, "key");
      expect(error).toBeInstanceOf(UnstorableValueError);
      expect(error.path).toBe(path);
      expect(error.message).toBe(`session value at ${path} cannot be stored: ${problem}`);
    }
  });

  test("check rejects the same values as dumps", () => {
    expect(() => json.check({ a: [() => 1] }, "key")).toThrow(
      new UnstorableValueError("key.a[0]", "a function cannot be written as JSON; store data only"),
    );
    expect(() => json.check({ a: [1] }, "key")).not.toThrow();
  });

  test("the path of an error begins with the first key if the value has no name", () => {
    expect(refusalOf({ a: { b: undefined } }).path).toBe("a.b");
    expect(refusalOf({ a: [undefined] }).path).toBe("a[0]");
    expect(refusalOf([undefined]).path).toBe("[0]");
  });

  test.each<[unknown, string]>([
    [{ "a b": undefined }, 'key["a b"]'],
    [{ "": undefined }, 'key[""]'],
    [{ 'a"b': undefined }, String.raw`key["a\"b"]`],
    [{ __proto: { $a_1: undefined } }, "key.__proto.$a_1"],
    [{ "0": undefined }, "key.0"],
  ])("the error for %j has the readable path %s", (value, path) => {
    expect(refusalOf(value, "key").path).toBe(path);
  });

  test("an array with a hole cannot be stored", () => {
    const sparse = Object.assign([1], { 2: 3 });
    expect(refusalOf(sparse, "key").path).toBe("key[1]");
    expect(refusalOf(new Array(2), "key").path).toBe("key[0]");
    expect(refusalOf({ a: [[sparse]] }, "key").path).toBe("key.a[0][0][1]");
  });

  test.each<[string, unknown]>([
    ["an array with named properties", Object.assign([1], { named: 2 })],
    ["the result of a regular expression", /b/.exec("abc")],
    ["an object with a symbol as a key", { a: 1, [Symbol("b")]: 2 }],
  ])("check rejects %s, of which JSON would lose a part", (_name, value) => {
    for (const [around, path] of [
      [value, "key"],
      [{ a: [value] }, "key.a[0]"],
      [Tuple.of(value), "key[0]"],
    ] as const)
      expect(() => json.check(around, "key")).toThrow(expect.objectContaining({ path }));
  });

  test("the error for an unstorable value never contains the value", () => {
    for (const value of [Symbol("secret"), new Error("secret"), Object("secret"), /secret/, () => "secret"])
      expect(`${refusalOf({ a: value }).stack}`.split("\n")[0]).not.toContain("secret");
  });
});

describe("a value that contains itself", () => {
  /** Makes a value contain itself and returns it. */
  function knot<T>(value: T, tie: (value: T) => unknown): T {
    tie(value);
    return value;
  }

  const knots: [string, unknown, string][] = [
    ["an array", knot<unknown[]>([], (list) => list.push(list)), "key[0]"],
    ["an object", knot({}, (value) => Object.assign(value, { self: value })), "key.self"],
    ["an array through an object", knot<unknown[]>([1], (list) => list.push({ list })), "key[1].list"],
    ["an array through a tuple", knot<unknown[]>([], (list) => list.push(Tuple.of(list))), "key[0][0]"],
    [
      "a tuple through an object",
      knot(Tuple.of<unknown>(), (tuple) => tuple.push({ tuple })),
      "key[0].tuple",
    ],
    ["a tuple", knot(Tuple.of<unknown>(), (tuple) => tuple.push(tuple)), "key[0]"],
  ];

  test.each(knots)("dumps rejects %s that contains itself", (_name, value, path) => {
    expect(refusalOf(value, "key").message).toBe(
      `session value at ${path} cannot be stored: it contains itself; remove the cycle`,
    );
  });

  test("a value that contains another value several times can be stored", () => {
    const shared = { a: [1n << 64n] };
    expect(roundTrip([shared, shared, { shared, again: Tuple.of(shared) }])).toStrictEqual([
      shared,
      shared,
      { shared, again: Tuple.of(shared) },
    ]);
  });

  test("a value with many cycles is rejected at the first one", () => {
    const list: unknown[] = [];
    for (let index = 0; index < 100; index++) list.push(list, { list });
    expect(refusalOf(list, "key").path).toBe("key[0]");
  });
});

describe("an integer", () => {
  test.each([10n ** 4300n - 1n, 1n - 10n ** 4300n])("an integer of 4,300 digits can be stored", (integer) => {
    expect(roundTrip([integer])).toStrictEqual([integer]);
  });

  test.each([10n ** 4300n, -(10n ** 4300n)])(
    "an integer of 4,301 digits, which Python does not read, is rejected with its path",
    (integer) => {
      const problem = "an integer of more than 4300 digits is not read by Python; store a string";
      expect(refusalOf({ a: [integer] }, "key")).toEqual(new UnstorableValueError("key.a[0]", problem));
    },
  );
});

describe("depth", () => {
  test.each<[string, (value: unknown) => unknown]>([
    ["arrays", (value) => [value]],
    ["objects", (value) => ({ a: value })],
    ["objects that look like a tag", (value) => ({ " t": value })],
  ])(
    "99 levels of %s can be set in a session, and one more cannot, which Python might not read",
    (_name, wrap) => {
      const wrapped = (levels: number) => Array.from({ length: levels }).reduce(wrap, 1);
      expect(() => json.check(wrapped(99), "key")).not.toThrow();
      expect(() => json.check(wrapped(100), "key")).toThrow(/it is nested deeper than 100 levels$/);
    },
  );

  test("a tuple counts as two levels, because Flask stores it as two", () => {
    const wrapped = (levels: number) =>
      Array.from({ length: levels }).reduce((value) => Tuple.of(value), Tuple.of());
    expect(() => json.check(wrapped(48), "key")).not.toThrow();
    expect(() => json.check(wrapped(49), "key")).toThrow(/ is nested deeper than 100 levels$/);
  });

  test("a value with 500 levels, which Flask may have set, is written again", () => {
    expect(roundTrip(nested(500))).toStrictEqual(nested(500));
    expect(roundTrip({ a: nested(499), big: 1n << 64n })).toStrictEqual({ a: nested(499), big: 1n << 64n });
  });

  test("a value with 501 levels cannot be stored", () => {
    const error = refusalOf(nested(501), "key");
    expect(error).toBeInstanceOf(UnstorableValueError);
    expect(error.message).toMatch(/ cannot be stored: it is nested deeper than 100 levels$/);
  });

  test("a value with 200,000 levels is rejected without a stack overflow", () => {
    expect(refusalOf(nested(200_000), "key")).toBeInstanceOf(UnstorableValueError);
  });
});
