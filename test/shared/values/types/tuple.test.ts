import { describe, expect, test } from "vitest";
import { Tuple } from "../../../../shared/values/types/tuple.ts";

describe("a tuple", () => {
  test.each<[string, Tuple, unknown[]]>([
    ["of its items", Tuple.of<unknown>("message", 1), ["message", 1]],
    ["of one number, which is no length", Tuple.of(3), [3]],
    ["of nothing", Tuple.of(), []],
    ["from a list", Tuple.from<unknown>([1, [2]]), [1, [2]]],
    ["from a list of one number", Tuple.from([3]), [3]],
  ])("is made %s", (_name, tuple, items) => {
    expect(tuple).toBeInstanceOf(Tuple);
    expect([...tuple]).toEqual(items);
  });

  test("is an array", () => {
    const tuple = Tuple.of("a", "b");
    expect(Array.isArray(tuple)).toBe(true);
    expect(JSON.stringify(tuple)).toBe('["a","b"]');
  });

  test("gives ordinary arrays when something is made of it", () => {
    const tuple = Tuple.of(1, 2, 3);
    for (const made of [tuple.map((item) => item), tuple.slice(), tuple.filter(Boolean), tuple.concat([4])]) {
      expect(made).not.toBeInstanceOf(Tuple);
      expect(Array.isArray(made)).toBe(true);
    }
  });
});
