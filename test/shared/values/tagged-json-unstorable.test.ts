import { describe, expect, test } from "vitest";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UnstorableValueError } from "../../../shared/values/unstorable-value-error.ts";

const json = new TaggedJSON();

function again(value: unknown): unknown {
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

/** Lists in lists, so many levels deep. */
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
    ["a function", () => 1, "a function is no data"],
    ["a class", Point, "a function is no data"],
    ["undefined", undefined, "undefined is no value"],
    ["a symbol", Symbol("secret"), "a symbol is no data"],
    ["NaN", Number.NaN, "JSON has no NaN"],
    ["Infinity", Number.POSITIVE_INFINITY, "JSON has no Infinity"],
    ["minus Infinity", Number.NEGATIVE_INFINITY, "JSON has no -Infinity"],
    ["a small bigint", 5n, "this bigint fits a number, and would come back as one"],
    ["the largest small bigint", 2n ** 53n - 1n, "this bigint fits a number, and would come back as one"],
    ["the smallest small bigint", -(2n ** 53n) + 1n, "this bigint fits a number, and would come back as one"],
    ["a Map", new Map([["a", 1]]), "Map is of no registered type"],
    ["a Set", new Set([1]), "Set is of no registered type"],
    ["a class instance", new Point(), "Point is of no registered type"],
    ["an instance of a class without a name", new (class {})(), " is of no registered type"],
    ["an object with a prototype of its own", Object.create({}), "Object is of no registered type"],
    [
      "an array of a class of its own",
      new (class Stack extends Array {})(),
      "Stack is of no registered type",
    ],
    ["an error", new Error("secret"), "Error is of no registered type"],
    ["a regular expression", /secret/, "RegExp is of no registered type"],
    ["a promise", Promise.resolve(1), "Promise is of no registered type"],
    ["a boxed number", Object(1), "Number is of no registered type"],
    ["a boxed text", Object("secret"), "String is of no registered type"],
    ["other binary data", new Float64Array(1), "Float64Array is of no registered type"],
    ["a buffer without a view", new ArrayBuffer(1), "ArrayBuffer is of no registered type"],
    ["an invalid date", new Date(Number.NaN), "a date must be valid and in the years 100 to 9999"],
    [
      "a date of the year 99",
      new Date("0099-12-31T23:59:59.999Z"),
      "a date must be valid and in the years 100 to 9999",
    ],
    [
      "a date of the year 10000",
      new Date("+010000-01-01T00:00:00Z"),
      "a date must be valid and in the years 100 to 9999",
    ],
  ])("is an error that names the path and the problem: %s", (_name, value, problem) => {
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

  test("is found by check as by dumps", () => {
    expect(() => json.check({ a: [() => 1] }, "key")).toThrow(
      new UnstorableValueError("key.a[0]", "a function is no data"),
    );
    expect(() => json.check({ a: [1] }, "key")).not.toThrow();
  });

  test("is an error that calls the value by its path alone where it has no name", () => {
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
  ])("has a path that can be read, whatever the keys: %j", (value, path) => {
    expect(refusalOf(value, "key").path).toBe(path);
  });

  test("is a list with a hole", () => {
    const sparse = Object.assign([1], { 2: 3 });
    expect(refusalOf(sparse, "key").path).toBe("key[1]");
    expect(refusalOf(new Array(2), "key").path).toBe("key[0]");
    expect(refusalOf({ a: [[sparse]] }, "key").path).toBe("key.a[0][0][1]");
  });

  test.each<[string, unknown]>([
    ["a list with named items besides", Object.assign([1], { named: 2 })],
    ["what a regular expression found", /b/.exec("abc")],
    ["a dictionary with a symbol for a key", { a: 1, [Symbol("b")]: 2 }],
  ])("is found by check when JSON would lose a part of it: %s", (_name, value) => {
    for (const [around, path] of [
      [value, "key"],
      [{ a: [value] }, "key.a[0]"],
      [Tuple.of(value), "key[0]"],
    ] as const)
      expect(() => json.check(around, "key")).toThrow(expect.objectContaining({ path }));
  });

  test("never tells what it is", () => {
    for (const value of [Symbol("secret"), new Error("secret"), Object("secret"), /secret/, () => "secret"])
      expect(`${refusalOf({ a: value }).stack}`.split("\n")[0]).not.toContain("secret");
  });
});

describe("a value that holds itself", () => {
  /** Makes a value hold itself, and gives it back. */
  function knot<T>(value: T, tie: (value: T) => unknown): T {
    tie(value);
    return value;
  }

  const knots: [string, unknown, string][] = [
    ["a list", knot<unknown[]>([], (list) => list.push(list)), "key[0]"],
    ["a dictionary", knot({}, (value) => Object.assign(value, { self: value })), "key.self"],
    ["a list through a dictionary", knot<unknown[]>([1], (list) => list.push({ list })), "key[1].list"],
    ["a list through a tuple", knot<unknown[]>([], (list) => list.push(Tuple.of(list))), "key[0][0]"],
    [
      "a tuple through a dictionary",
      knot(Tuple.of<unknown>(), (tuple) => tuple.push({ tuple })),
      "key[0].tuple",
    ],
    ["a tuple", knot(Tuple.of<unknown>(), (tuple) => tuple.push(tuple)), "key[0]"],
  ];

  test.each(knots)("is an error that says so: %s", (_name, value, path) => {
    expect(refusalOf(value, "key").message).toBe(
      `session value at ${path} cannot be stored: it holds itself`,
    );
  });

  test("is told from one that holds the same value twice", () => {
    const shared = { a: [1n << 64n] };
    expect(again([shared, shared, { shared, again: Tuple.of(shared) }])).toStrictEqual([
      shared,
      shared,
      { shared, again: Tuple.of(shared) },
    ]);
  });

  test("is found at once, however often it holds itself", () => {
    const list: unknown[] = [];
    for (let index = 0; index < 100; index++) list.push(list, { list });
    expect(refusalOf(list, "key").path).toBe("key[0]");
  });
});

describe("depth", () => {
  test("may be 500 levels", () => {
    expect(again(nested(500))).toStrictEqual(nested(500));
    expect(again({ a: nested(499), big: 1n << 64n })).toStrictEqual({ a: nested(499), big: 1n << 64n });
  });

  test("may not be 501 levels", () => {
    const error = refusalOf(nested(501), "key");
    expect(error).toBeInstanceOf(UnstorableValueError);
    expect(error.message).toMatch(/ cannot be stored: it stands deeper than 500 levels$/);
  });

  test("ends no stack, however deep a value is", () => {
    expect(refusalOf(nested(200_000), "key")).toBeInstanceOf(UnstorableValueError);
  });
});
