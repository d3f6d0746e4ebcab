import { expect, test } from "vitest";
import { HOUR, manyValues, NOW, recordOf } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";
import { END_REASONS } from "./stored-values.ts";

/** Tests of the end of sessions. */
export function testEndings(contract: StoreContract): void {
  test.each(END_REASONS)("a session that was %s accepts no change and stays ended", async (reason) => {
    const known = await contract.begin({ a: 1 });
    expect(await contract.store.end(contract.id, { reason, now: NOW })).toBe(true);
    expect(await contract.store.read(contract.id)).toEqual({ session: reason });
    for (const set of [new Map([["a", 2]]), manyValues(300, "a")])
      expect(await contract.change({ set }, known)).toEqual({ done: false, found: reason });
    expect(await contract.change({ add: { key: "a", by: 1 } }, known)).toEqual({
      done: false,
      found: reason,
    });
    expect(await contract.store.read(contract.id)).toEqual({ session: reason });
  });

  test("a second end returns false and keeps the first reason", async () => {
    await contract.begin({ a: 1 });
    expect(await contract.store.end(contract.id, { reason: "revoked", now: NOW })).toBe(true);
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW })).toBe(false);
    expect(await contract.store.read(contract.id)).toEqual({ session: "revoked" });
  });

  test("begin does not restore a session that has ended", async () => {
    const record = recordOf([["a", 1]]);
    await contract.store.begin(contract.id, record);
    await contract.store.end(contract.id, { reason: "destroyed", now: NOW });
    await contract.store.begin(contract.id, record);
    expect(await contract.store.read(contract.id)).toEqual({ session: "destroyed" });
  });

  test("end ends a session that has expired", async () => {
    await contract.begin({ a: 1 });
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW + 2 * HOUR })).toBe(true);
    expect(await contract.store.read(contract.id)).toEqual({ session: "destroyed" });
  });

  test("end returns false when the session does not exist", async () => {
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW })).toBe(false);
    expect(await contract.store.read(contract.id)).toEqual({});
  });

  test("only one of several parallel ends returns true", async () => {
    await contract.begin({ a: 1 });
    const ends = await Promise.all(
      END_REASONS.map((reason) => contract.store.end(contract.id, { reason, now: NOW })),
    );
    expect(ends.filter((ended) => ended)).toHaveLength(1);
    expect(await contract.store.read(contract.id)).toEqual({ session: END_REASONS[ends.indexOf(true)] });
  });

  test("no parallel change restores a session that ends", async () => {
    const known = await contract.begin({ a: 1 });
    const changing = Array.from({ length: 30 }, (_, number) =>
      contract.change({ set: new Map([["a", number]]) }, known),
    );
    const ended = contract.store.end(contract.id, { reason: "revoked", now: NOW });
    const others = Array.from({ length: 30 }, () => contract.change({ add: { key: "b", by: 1 } }, known));
    await Promise.all([...changing, ...others]);
    expect(await ended).toBe(true);
    expect(await contract.store.read(contract.id)).toEqual({ session: "revoked" });
  });
}
