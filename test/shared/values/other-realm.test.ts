import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { isUnchanged, takeSnapshot } from "../../../shared/values/snapshot.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";

const json = new TaggedJSON();

describe("a value of another realm", () => {
  test.each<[code: string, expected: unknown]>([
    ["({ a: 1, b: { c: null } })", { a: 1, b: { c: null } }],
    ["[1, [2, []], { a: [] }]", [1, [2, []], { a: [] }]],
    ['({ " t": [1] })', { " t": [1] }],
    ['JSON.parse(\'{"__proto__":{"x":1}}\')', JSON.parse('{"__proto__":{"x":1}}')],
    ["Object.create(null)", {}],
    ["new Date(Date.UTC(2026, 10, 23, 2, 20, 0, 123))", new Date(Date.UTC(2026, 10, 23, 2, 20, 0, 123))],
    ["Uint8Array.of(0, 127, 255)", Uint8Array.of(0, 127, 255)],
    ["({ at: [new Date(0)], bytes: Uint8Array.of(1) })", { at: [new Date(0)], bytes: Uint8Array.of(1) }],
  ])("%s of another realm is stored like the value of this one", (code, expected) => {
    const value: unknown = runInNewContext(code);
    json.check(value, "value");
    expect(json.dumps(value)).toBe(json.dumps(expected));
    expect(json.loads(json.dumps(value))).toEqual(expected);
  });

  test.each([
    ["new Map([[1, 2]])", "Map"],
    ["new Set()", "Set"],
    ["/a/", "RegExp"],
    ["new (class Point {})()", "Point"],
    ["new (class List extends Array {})()", "List"],
    ["new Uint16Array(1)", "Uint16Array"],
    ["Object.create(Object.create(null))", "an object"],
  ])("%s of another realm is rejected by its type", (code, name) => {
    const value: unknown = runInNewContext(code);
    expect(() => json.dumps(value)).toThrow(`${name} is not a registered type`);
  });

  test.each(["({ a: { b: 1 } })", "[[1]]", "({ a: [{ b: 1 }] })"])(
    "a change inside of %s of another realm is noticed",
    (code) => {
      const value = runInNewContext(code);
      const snapshot = takeSnapshot(value, json);
      expect(isUnchanged(value, snapshot, json)).toBe(true);
      const inner = Object.values(value)[0] as Record<string, unknown>;
      inner.added = 1;
      if (Array.isArray(inner)) inner.push(2);
      expect(isUnchanged(value, snapshot, json)).toBe(false);
    },
  );
});

test("an instance of a class that extends null is rejected by its type", () => {
  class Bare extends (null as unknown as ObjectConstructor) {}
  expect(() => json.dumps(Object.create(Bare.prototype))).toThrow("Bare is not a registered type");
});
