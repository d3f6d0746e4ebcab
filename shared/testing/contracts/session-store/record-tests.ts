import { expect, test } from "vitest";
import { HOUR, NOW, plain, randomKey, recordOf } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";
import { HOSTILE_KEYS, VALUES } from "./stored-values.ts";

/** Tests of records that are written and read unchanged. */
export function testRecords(contract: StoreContract): void {
  test("read returns nothing for an id that was never used", async () => {
    expect(await contract.store.read(contract.id)).toEqual({});
    expect(await contract.store.read(contract.id, contract.userKey)).toEqual({});
  });

  test("read returns the record that was passed to begin", async () => {
    const record = recordOf([["a", 1]], {
      previous: { tokenHash: randomKey(43), until: NOW + 10, opens: true },
      renewedAt: NOW - 3,
      epoch: 7,
      createdAt: NOW - 2,
      lastSeenAt: NOW - 1,
      userKey: contract.userKey,
      lifetime: HOUR,
    });
    await contract.store.begin(contract.id, record);
    expect(plain(await contract.found())).toEqual(record);
  });

  test("a record without a previous token, a user and a lifetime is returned without them", async () => {
    const record = recordOf([]);
    await contract.store.begin(contract.id, record);
    const session = await contract.found();
    expect(plain(session)).toEqual(record);
    expect([session.previous, session.userKey, session.lifetime]).toEqual([undefined, undefined, undefined]);
  });

  test.each(VALUES)("a record keeps %s as a value", async (_description, value) => {
    await contract.begin({ begun: value });
    expect(await contract.change({ set: new Map([["set", value]]) })).toEqual({ done: true });
    expect(await contract.data()).toEqual(new Map(Object.entries({ begun: value, set: value })));
  });

  test.each(HOSTILE_KEYS)("a record keeps a value with %s as key", async (_description, key) => {
    const around = { before: "b", after: 1 };
    await contract.store.begin(contract.id, recordOf([[key, "begun"], ...Object.entries(around)]));
    expect(await contract.data()).toEqual(new Map([[key, "begun"], ...Object.entries(around)]));
    expect(await contract.change({ set: new Map([[key, 1]]), values: new Map([[key, "begun"]]) })).toEqual({
      done: true,
    });
    expect(await contract.change({ add: { key, by: 2 } })).toEqual({ done: true, sum: 3 });
    expect((await contract.data()).get(key)).toBe(3);
    expect((await contract.change({ remove: new Set([key]), values: new Map([[key, 3]]) })).done).toBe(true);
    expect(await contract.change({ values: new Map([[key, undefined]]) })).toEqual({ done: true });
    expect(await contract.data()).toEqual(new Map(Object.entries(around)));
  });

  test("a record keeps values with all hostile keys at once", async () => {
    const values = new Map(HOSTILE_KEYS.map(([what, key]) => [key, what]));
    await contract.store.begin(contract.id, recordOf(values));
    expect(await contract.data()).toEqual(values);
    const sizes = new Map(HOSTILE_KEYS.map(([what, key]) => [key, what.length]));
    await contract.change({ set: sizes, values });
    expect(await contract.data()).toEqual(sizes);
  });

  test("a change of one record leaves other records unchanged", async () => {
    await contract.begin({ a: 1 });
    const other = randomKey(22);
    await contract.store.begin(other, recordOf([["a", 2]]));
    await contract.change({ set: new Map([["a", 3]]) });
    expect((await contract.store.read(other)).session).toMatchObject({ values: new Map([["a", 2]]) });
  });

  test("begin with the same record again does not undo a change", async () => {
    const record = recordOf([["a", 1]]);
    await contract.store.begin(contract.id, record);
    await contract.change({ set: new Map([["a", 2]]) });
    await contract.store.begin(contract.id, record);
    expect(await contract.data()).toEqual(new Map([["a", 2]]));
  });

  test("begin rejects when the id belongs to another record", async () => {
    await contract.begin({ a: 1 });
    await expect(contract.store.begin(contract.id, recordOf([["a", 2]]))).rejects.toThrow();
    expect(await contract.data()).toEqual(new Map([["a", 1]]));
  });

  test("read returns a record after it has expired", async () => {
    const { expiresAt } = await contract.begin({ a: 1 }, { expiresAt: NOW - HOUR });
    expect(expiresAt).toBe(NOW - HOUR);
  });

  test("read returns the size of a record, which grows with its values", async () => {
    const { bytes } = await contract.begin({ a: "x" });
    await contract.change({ set: new Map([["b", "x".repeat(5000)]]) });
    const larger = (await contract.found()).bytes;
    expect(bytes).toBeGreaterThan(0);
    expect(larger - bytes).toBeGreaterThan(5000);
    expect(larger - bytes).toBeLessThan(5500);
  });

  test("a record that was read does not change when the store changes", async () => {
    const session = await contract.begin({ a: 1 });
    await contract.change({ set: new Map([["a", 2]]), record: { lastSeenAt: NOW + 1 } });
    expect([session.values.get("a"), session.lastSeenAt]).toEqual([1, NOW]);
  });
}
