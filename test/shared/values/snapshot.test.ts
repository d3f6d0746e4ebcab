import { expect, test } from "vitest";
import { isUnchanged, takeSnapshot } from "../../../shared/values/snapshot.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";

const json = new TaggedJSON();

// biome-ignore lint/suspicious/noExplicitAny: the tests change values in ways that their types forbid
type Changeable = any;

function cart(): Changeable {
  return [{ sku: "A-1", tags: ["new"], sizes: { chest: 40 } }, new Date(0), null, Tuple.of("a")];
}

test("an unchanged value and an equal value equal the snapshot", () => {
  const value = cart();
  const snapshot = takeSnapshot(value, json);
  expect(isUnchanged(value, snapshot, json)).toBe(true);
  expect(isUnchanged(cart(), snapshot, json)).toBe(true);
});

test.each<[change: string, (value: Changeable) => void]>([
  ["an item was added", (value) => value.push(1)],
  ["an item was removed", (value) => value.pop()],
  ["an item became undefined", (value) => (value[2] = undefined)],
  ["an item was deleted and left a hole", (value) => delete value[2]],
  ["an entry was replaced", (value) => (value[0].sku = "A-2")],
  ["an entry was added", (value) => (value[0].price = 1)],
  ["an entry was added that is undefined", (value) => (value[0].price = undefined)],
  ["an entry was deleted", (value) => delete value[0].sku],
  [
    "an entry moved behind the others",
    (value) => {
      const { sku } = value[0];
      delete value[0].sku;
      value[0].sku = sku;
    },
  ],
  ["an array inside was changed", (value) => value[0].tags.push("sale")],
  ["an object inside was changed", (value) => (value[0].sizes.chest = -0)],
  ["a date was changed", (value) => value[1].setTime(1000)],
  ["a date became invalid", (value) => value[1].setTime(Number.NaN)],
  ["a date was replaced by its JSON", (value) => (value[1] = "Thu, 01 Jan 1970 00:00:00 GMT")],
  ["a tuple was replaced by an array", (value) => (value[3] = ["a"])],
  ["an array was replaced by a tuple", (value) => (value[0].tags = Tuple.of("new"))],
  ["an array was replaced by an object with the same entries", (value) => (value[0].tags = { 0: "new" })],
  ["an object was replaced by an array with the same entries", (value) => (value[0].sizes = [40])],
  ["an object was replaced by a Map", (value) => (value[0].sizes = new Map([["chest", 40]]))],
  ["a value now contains itself", (value) => (value[0].tags = value)],
])("a value differs from its snapshot when %s", (_change, apply) => {
  const value = cart();
  const snapshot = takeSnapshot(value, json);
  apply(value);
  expect(isUnchanged(value, snapshot, json)).toBe(false);
});

test("an own key __proto__ is compared as any other key", () => {
  const value = JSON.parse('{"__proto__": {"admin": false}}');
  const snapshot = takeSnapshot(value, json);
  expect(isUnchanged(value, snapshot, json)).toBe(true);
  for (const inner of Object.values<Changeable>(value)) inner.admin = true;
  expect(isUnchanged(value, snapshot, json)).toBe(false);
});

test("an object with the entries of an array does not equal the array's snapshot", () => {
  expect(isUnchanged({ 0: "a" }, takeSnapshot(["a"], json), json)).toBe(false);
  expect(isUnchanged(["a"], takeSnapshot({ 0: "a" }, json), json)).toBe(false);
});
