import { expect, test } from "vitest";
import type { SessionRecord, StoredValue } from "../../../stores/session-record.ts";
import { manyValues, NOW, plain, randomKey } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";

/** Tests of changes of values and attributes. */
export function testChanges(contract: StoreContract): void {
  test("a change sets and removes the keys that it names and no others", async () => {
    const before = await contract.begin({ kept: "k", set: "s", removed: "r" }, { userKey: contract.userKey });
    const set = new Map<string, StoredValue>(Object.entries({ set: "t", new: 5 }));
    expect(await contract.change({ set, remove: new Set(["removed", "absent"]) })).toEqual({ done: true });
    const values = new Map<string, StoredValue>(Object.entries({ kept: "k", set: "t", new: 5 }));
    expect(plain(await contract.found())).toEqual({ ...plain(before), values });
  });

  test("a change sets the attributes of a record and leaves its values unchanged", async () => {
    const before = await contract.begin({ a: 1 });
    const record = {
      tokenHash: randomKey(43),
      previous: { tokenHash: before.tokenHash, until: NOW + 10, opens: false },
      renewedAt: NOW + 1,
      epoch: 1,
      createdAt: NOW + 2,
      lastSeenAt: NOW + 3,
      expiresAt: NOW + 4,
      userKey: contract.userKey,
      lifetime: 5,
    };
    expect(await contract.change({ record })).toEqual({ done: true });
    expect(plain(await contract.found())).toEqual({ values: before.values, ...record });
  });

  test.each<[description: string, record: Partial<SessionRecord>]>([
    ["the previous token", { previous: undefined }],
    ["the user", { userKey: undefined }],
    ["the lifetime", { lifetime: undefined }],
  ])("a change removes %s that is given as undefined", async (_description, record) => {
    const previous = { tokenHash: randomKey(43), until: NOW + 10, opens: true };
    const before = await contract.begin({ a: 1 }, { previous, userKey: contract.userKey, lifetime: 5 });
    await contract.change({ record });
    expect(plain(await contract.found())).toEqual({ ...plain(before), ...record });
  });

  test("a change sets a value and an attribute together", async () => {
    await contract.begin({ a: "a" });
    const tokenHash = randomKey(43);
    await contract.change({ set: new Map([["a", "b"]]), record: { tokenHash } });
    const session = await contract.found();
    expect([session.tokenHash, session.values.get("a")]).toEqual([tokenHash, "b"]);
  });

  test("a change replaces a string by a number, and a number by a string", async () => {
    await contract.begin({ a: "1" });
    await contract.change({ set: new Map([["a", 1]]) });
    expect((await contract.data()).get("a")).toBe(1);
    await contract.change({ set: new Map([["a", "1"]]) });
    expect((await contract.data()).get("a")).toBe("1");
  });

  test("parallel changes of different keys are all kept", async () => {
    const known = await contract.begin({ removed: 1, touched: 0 });
    const keys = Array.from({ length: 40 }, (_, number) => `key${number}`);
    const results = await Promise.all([
      ...keys.map((key, number) => contract.change({ set: new Map([[key, number]]) }, known)),
      contract.change({ remove: new Set(["removed"]) }, known),
      contract.change({ add: { key: "touched", by: 1 } }, known),
      contract.change({ record: { lastSeenAt: NOW + 1 } }, known),
    ]);
    expect(results.every(({ done }) => done)).toBe(true);
    expect(await contract.data()).toEqual(
      new Map([["touched", 1], ...keys.map((key, n) => [key, n] as const)]),
    );
    expect((await contract.found()).lastSeenAt).toBe(NOW + 1);
  });

  test("the last of several changes of the same key is kept", async () => {
    const known = await contract.begin({ a: "none" });
    for (const value of ["first", "second"])
      expect(await contract.change({ set: new Map([["a", value]]) }, known)).toEqual({ done: true });
    expect((await contract.data()).get("a")).toBe("second");
  });

  test("one change sets and removes 300 keys", async () => {
    await contract.begin({ kept: "k" });
    const set = manyValues(300, "set");
    expect(await contract.change({ set })).toEqual({ done: true });
    expect(await contract.data()).toEqual(new Map([["kept", "k"], ...set]));
    expect(await contract.change({ remove: new Set(set.keys()), values: set })).toEqual({ done: true });
    expect(await contract.data()).toEqual(new Map([["kept", "k"]]));
  });

  test("parallel changes of 300 keys each are all kept", async () => {
    const known = await contract.begin({ count: 0 });
    const one = manyValues(300, "one");
    const other = manyValues(300, "other");
    const results = await Promise.all([
      contract.change({ set: one, add: { key: "count", by: 1 } }, known),
      contract.change({ set: other, add: { key: "count", by: 1 } }, known),
      ...Array.from({ length: 5 }, () => contract.change({ add: { key: "count", by: 1 } }, known)),
    ]);
    expect(results.every(({ done }) => done)).toBe(true);
    expect(new Set(results.map((result) => result.done && result.sum))).toEqual(
      new Set([1, 2, 3, 4, 5, 6, 7]),
    );
    expect(await contract.data()).toEqual(new Map([["count", 7], ...one, ...other]));
  });
}
