import { deepStrictEqual } from "node:assert/strict";
import { expect, test } from "vitest";
import { Markup } from "../../../values/types/markup.ts";
import { Tuple } from "../../../values/types/tuple.ts";
import { UUID } from "../../../values/types/uuid.ts";
import { ADA, type InterfaceContract } from "./interface-contract.ts";

/** Tests of data that is kept between visits. */
export function testData(contract: InterfaceContract): void {
  test("a visitor without a cookie gets a new and empty session", async () => {
    const seen = await contract.read(({ isNew, size, user, createdAt }) => ({
      isNew,
      size,
      user,
      createdAt,
    }));
    expect(seen).toEqual({ isNew: true, size: 0, user: undefined, createdAt: undefined });
  });

  test("the session of the next visit contains the data and is not new", async () => {
    await contract.visitor.visit((session) => session.set("visits", 1));
    expect(await contract.read((session) => [session.get("visits"), session.isNew])).toEqual([1, false]);
  });

  test("increment counts from visit to visit", async () => {
    for (const visits of [1, 2, 3])
      expect((await contract.visitor.visit((session) => session.increment("visits"))).result).toBe(visits);
  });

  test.each(["1", {}, null, Number.NaN])("increment by %o is rejected, and nothing changes", async (by) => {
    await contract.visitor.visit((session) => session.set("visits", 1));
    const counting = contract.visitor.visit((session) => session.increment("visits", by as number));
    await expect(counting).rejects.toThrow(TypeError);
    expect(await contract.data()).toEqual({ visits: 1 });
  });

  test("two visitors have separate data", async () => {
    const other = contract.newVisitor();
    await contract.visitor.visit((session) => session.set("name", "first"));
    await other.visit((session) => session.set("name", "second"));
    expect(await contract.data()).toEqual({ name: "first" });
    expect((await other.visit((session) => session.toJSON())).result).toEqual({ name: "second" });
  });

  test("changes inside arrays and objects are saved", async () => {
    await contract.visitor.visit((session) => session.set("cart", { items: [{ sku: "a", count: 1 }] }));
    await contract.visitor.visit((session) => {
      session.get("cart").items[0].count = 2;
      session.get("cart").items.push({ sku: "b", count: 1 });
    });
    expect(await contract.data()).toEqual({
      cart: {
        items: [
          { sku: "a", count: 2 },
          { sku: "b", count: 1 },
        ],
      },
    });
  });

  test("delete removes one key and keeps the others", async () => {
    await contract.visitor.visit((session) => session.set("a", 1).set("b", 2));
    await contract.visitor.visit((session) => session.delete("a"));
    expect(await contract.data()).toEqual({ b: 2 });
  });

  test("clear removes data, user and cookie", async () => {
    await contract.visitor.visit((session) => session.set("a", 1).signIn(ADA));
    await contract.visitor.visit((session) => session.clear());
    expect(await contract.read(({ isNew, size, user }) => ({ isNew, size, user }))).toEqual({
      isNew: true,
      size: 0,
      user: undefined,
    });
    expect(contract.visitor.token).toBeUndefined();
  });

  test("a visit that fails saves nothing", async () => {
    const failing = contract.visitor.visit((session) => {
      session.set("a", 1);
      throw new Error("the handler failed");
    });
    await expect(failing).rejects.toThrow("the handler failed");
    expect(await contract.data()).toEqual({});
  });

  test.each<[type: string, value: unknown]>([
    ["strings", "ünï ☃ 𝄞 \u0000 \"'\\"],
    ["numbers", [0, -0, -1.5, 1e-7, 1e300, Number.MAX_SAFE_INTEGER]],
    ["integers past 2^53", [2n ** 53n, -(10n ** 40n)]],
    ["booleans and null", [true, false, null]],
    ["arrays and objects", { list: [[], [1, [2]]], object: { "": {}, "a.b c": { d: null } } }],
    ["dates with milliseconds", new Date(Date.UTC(2026, 10, 23, 2, 20, 0, 123))],
    ["bytes", Uint8Array.of(0, 127, 128, 255)],
    ["tuples", Tuple.of<unknown>("a", Tuple.of(1), [2])],
    ["markup", new Markup("<b>&amp;</b>")],
    ["UUIDs", new UUID("12345678-1234-5678-9234-567812345678")],
    ["objects that look like a tag", [{ " t": [1] }, { " di": {} }, { " u__": "x" }]],
    ["hostile names", { constructor: { prototype: 1 }, ["__proto__"]: { polluted: true }, toString: 0 }],
  ])("%s are equal after they were saved", async (_type, value) => {
    await contract.visitor.visit((session) => session.set("value", value));
    deepStrictEqual(await contract.read((session) => session.get("value")), value);
  });
}
