import { expect, test } from "vitest";
import type { StoredValue } from "../../../stores/session-record.ts";
import { type Change, HOUR, manyValues, NOW, plain, randomKey } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";

/** Tests of the conditions of changes. */
export function testConditions(contract: StoreContract): void {
  test.each<[description: string, condition: Change]>([
    ["the epoch differs", { epoch: 1 }],
    ["the token differs", { tokenHash: "another" }],
    ["a string differs", { values: new Map([["text", "u"]]) }],
    ["a number is stored instead of a string", { values: new Map([["number", "1"]]) }],
    ["a number differs", { values: new Map([["number", 2]]) }],
    ["a string is stored instead of a number", { values: new Map([["digits", 1]]) }],
    ["a value is absent", { values: new Map([["absent", "t"]]) }],
    ["a value exists that was absent", { values: new Map([["number", undefined]]) }],
    [
      "one of several values differs",
      {
        values: new Map<string, StoredValue>(Object.entries({ text: "t", number: 2 })),
      },
    ],
    ["one of many values differs", { values: new Map([...manyValues(300, "absent")]) }],
    ["it has expired", { now: NOW + HOUR + 1 }],
  ])("a change is refused and returns the record when %s", async (_description, condition) => {
    const before = await contract.begin({ text: "t", number: 1, digits: "1" });
    const result = await contract.change({ ...condition, set: new Map([["text", "changed"]]) });
    expect(result).toEqual({ done: false, found: before });
    expect(await contract.found()).toEqual(before);
  });

  test.each<[description: string, condition: Change]>([
    ["the epoch is equal", { epoch: 0 }],
    ["strings and numbers are unchanged", { values: new Map(Object.entries({ text: "t", number: 1 })) }],
    ["an absent value is still absent", { values: new Map([["absent", undefined]]) }],
    [
      "many absent values are still absent",
      { values: new Map([...manyValues(300, "absent").keys()].map((key) => [key, undefined])) },
    ],
    ["it is in its last second", { now: NOW + HOUR }],
  ])("a change is made when %s", async (_description, condition) => {
    await contract.begin({ text: "t", number: 1 });
    expect(await contract.change({ ...condition, set: new Map([["text", "changed"]]) })).toEqual({
      done: true,
    });
    expect((await contract.data()).get("text")).toBe("changed");
  });

  test("a change that names the token is refused after the token was renewed", async () => {
    const { tokenHash } = await contract.begin({ a: 1 });
    const renewed = randomKey(43);
    expect(await contract.change({ tokenHash, record: { tokenHash: renewed } })).toEqual({ done: true });
    expect(await contract.change({ tokenHash, set: new Map([["a", 2]]) })).toMatchObject({ done: false });
    expect(await contract.change({ set: new Map([["a", 3]]) })).toEqual({ done: true });
    expect(plain(await contract.found())).toMatchObject({ tokenHash: renewed, values: new Map([["a", 3]]) });
  });

  test("a change with the epoch of an earlier read is refused after the epoch changed", async () => {
    const known = await contract.begin({ a: 1 });
    await contract.change({ record: { epoch: 1 } });
    const result = await contract.change({ epoch: 0, set: new Map([["a", 2]]) }, known);
    expect(result).toEqual({ done: false, found: await contract.found() });
    expect(await contract.change({ epoch: 1, set: new Map([["a", 3]]) }, known)).toEqual({ done: true });
  });

  test("an expired record is not extended", async () => {
    const before = await contract.begin({ a: 1 });
    const what = { now: NOW + HOUR + 1, record: { expiresAt: NOW + 2 * HOUR } };
    expect(await contract.change(what)).toEqual({ done: false, found: before });
    expect(await contract.change({ ...what, set: manyValues(300, "a") })).toEqual({
      done: false,
      found: before,
    });
  });

  test("only one of three parallel changes that exclude each other is made", async () => {
    const known = await contract.begin({ a: "none" });
    const { tokenHash } = known;
    for (const what of [{ values: new Map([["a", "none"]]) }, { tokenHash, record: { tokenHash: "new" } }]) {
      const set = what.record === undefined ? new Map([["a", "changed"]]) : new Map();
      const results = await Promise.all([1, 2, 3].map(() => contract.change({ ...what, set }, known)));
      expect(results.map(({ done }) => done).sort()).toEqual([false, false, true]);
    }
  });

  test("eight parallel loops of compare and set lose no update", async () => {
    const known = await contract.begin({ a: "" });
    async function append(letter: string): Promise<void> {
      let session = known;
      for (;;) {
        const value = session.values.get("a");
        const set = new Map([["a", `${value}${letter}`]]);
        const result = await contract.change({ set, values: new Map([["a", value]]) }, session);
        if (result.done) return;
        session = await contract.found();
      }
    }
    await Promise.all([..."abcdefgh"].map(append));
    expect([...`${(await contract.data()).get("a")}`].sort().join("")).toBe("abcdefgh");
  });

  test("a sum of fractions can be used as a condition", async () => {
    await contract.begin({ a: 0.1 + 0.2 });
    for (const by of [0.1, 0.7, 1e-9]) await contract.change({ add: { key: "a", by } });
    const value = (await contract.data()).get("a");
    expect(await contract.change({ set: new Map([["a", 1]]), values: new Map([["a", value]]) })).toEqual({
      done: true,
    });
  });

  test("a change of a record that does not exist is refused and stores nothing", async () => {
    const known = await contract.begin({ a: 1 });
    contract.id = randomKey(22);
    for (const set of [new Map([["a", 2]]), manyValues(300, "a")])
      expect(await contract.change({ set }, known)).toEqual({ done: false, found: undefined });
    expect(await contract.store.read(contract.id)).toEqual({});
  });
}
