import { expect, test } from "vitest";
import type { StoredValue } from "../../../stores/session-record.ts";
import { NOW } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";

/** Tests of atomic additions. */
export function testAdditions(contract: StoreContract): void {
  test.each<[by: number, to: number | undefined, sum: number]>([
    [1, undefined, 1],
    [-2, undefined, -2],
    [1, 41, 42],
    [-1.5, 1, -0.5],
    [0, 3, 3],
    [1, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER],
  ])("adding %d to %s returns and stores %d", async (by, to, sum) => {
    await contract.begin(to === undefined ? {} : { a: to });
    expect(await contract.change({ add: { key: "a", by } })).toEqual({ done: true, sum });
    expect((await contract.data()).get("a")).toBe(sum);
  });

  test("100 parallel additions are each made once and return 100 different sums", async () => {
    const known = await contract.begin();
    const adding = Array.from({ length: 100 }, () => contract.change({ add: { key: "a", by: 1 } }, known));
    const sums = (await Promise.all(adding)).map((result) => (result.done ? result.sum : undefined));
    expect(new Set(sums)).toEqual(new Set(Array.from({ length: 100 }, (_, number) => number + 1)));
    expect(await contract.data()).toEqual(new Map([["a", 100]]));
  });

  test("an addition uses the current value, not the value that was read", async () => {
    const known = await contract.begin({ a: 1 });
    await contract.change({ set: new Map([["a", 10]]) });
    expect(await contract.change({ add: { key: "a", by: 1 } }, known)).toEqual({ done: true, sum: 11 });
  });

  test("an addition is made together with other changes", async () => {
    await contract.begin({ removed: 1 });
    const what = {
      set: new Map([["set", "s"]]),
      remove: new Set(["removed"]),
      record: { lastSeenAt: NOW + 1 },
    };
    expect(await contract.change({ ...what, add: { key: "a", by: 1 } })).toEqual({ done: true, sum: 1 });
    expect(await contract.data()).toEqual(new Map<string, StoredValue>(Object.entries({ set: "s", a: 1 })));
    expect((await contract.found()).lastSeenAt).toBe(NOW + 1);
  });

  test("an addition to a string changes nothing and returns the record", async () => {
    const before = await contract.begin({ a: "1" });
    const result = await contract.change({ add: { key: "a", by: 1 }, set: new Map([["b", 1]]) });
    expect(result).toEqual({ done: false, found: before });
    expect(await contract.found()).toEqual(before);
  });
}
