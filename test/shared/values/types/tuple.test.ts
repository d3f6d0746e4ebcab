import { describe, expect, test } from "vitest";
import { Tuple } from "../../../../shared/values/types/tuple.ts";

describe("a tuple", () => {
  test.each<[string, Tuple, unknown[]]>([
    ["of several items", Tuple.of<unknown>("message", 1), ["message", 1]],
    ["of one number, which is not a length", Tuple.of(3), [3]],
    ["of no items", Tuple.of(), []],
    ["from an array", Tuple.from<unknown>([1, [2]]), [1, [2]]],
    ["from an array with one number", Tuple.from([3]), [3]],
  ])("a tuple %s contains exactly these items", (_name, tuple, items) => {
    expect(tuple).toBeInstanceOf(Tuple);
    expect([...tuple]).toEqual(items);
  });

  test("a tuple is an array and has the JSON of one", () => {
    const tuple = Tuple.of("a", "b");
    expect(Array.isArray(tuple)).toBe(true);
    expect(JSON.stringify(tuple)).toBe('["a","b"]');
  });

  test("map, slice, filter and concat of a tuple return ordinary arrays", () => {
    const tuple = Tuple.of(1, 2, 3);
    for (const made of [tuple.map((item) => item), tuple.slice(), tuple.filter(Boolean), tuple.concat([4])]) {
      expect(made).not.toBeInstanceOf(Tuple);
      expect(Array.isArray(made)).toBe(true);
    }
  });
});
