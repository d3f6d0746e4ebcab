import { expect, test } from "vitest";
import type { FoundSession, StoredValue } from "../../../stores/session-record.ts";
import { changeOf, NOW, randomKey, recordOf } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";

/** Tests of ends with a condition on the session's data. */
export function testConditionalEndings(contract: StoreContract): void {
  const onlyOf = (keys: readonly string[]) => ({ keys: new Set(keys), epoch: 0 });

  test.each<[string, { epoch: number; values?: ReadonlyMap<string, StoredValue | undefined> }]>([
    ["has another epoch", { epoch: 1 }],
    ["contains another value than was read", { epoch: 0, values: new Map([["a", 2]]) }],
    ["contains a value that was absent", { epoch: 0, values: new Map([["a", undefined]]) }],
  ])("a conditional end returns false when the session %s", async (_description, condition) => {
    const before = await contract.begin({ a: 1 });
    const only = { keys: new Set(["a"]), ...condition };
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW, only })).toBe(false);
    expect(await contract.found()).toEqual(before);
  });

  test("a conditional end returns true when the values are unchanged", async () => {
    await contract.begin({ a: 1 });
    const only = {
      keys: new Set(["a", "b"]),
      epoch: 0,
      values: new Map([
        ["a", 1],
        ["b", undefined],
      ] as const),
    };
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW, only })).toBe(true);
  });

  test.each<[description: string, only: string[]]>([
    ["exactly the allowed keys", ["a", "b"]],
    ["fewer than the allowed keys", ["a", "b", "c", "", "__proto__"]],
  ])("a conditional end returns true when the session contains %s", async (_description, only) => {
    await contract.begin({ a: 1, b: "b" });
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW, only: onlyOf(only) })).toBe(
      true,
    );
    expect(await contract.store.read(contract.id)).toEqual({ session: "destroyed" });
  });

  test.each<[description: string, only: string[]]>([
    ["an additional key", ["a"]],
    ["keys although none are allowed", []],
    ["the same number of other keys", ["a", "c"]],
  ])("a conditional end returns false when the session contains %s", async (_description, only) => {
    const before = await contract.begin({ a: 1, b: "b" });
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW, only: onlyOf(only) })).toBe(
      false,
    );
    expect(await contract.found()).toEqual(before);
  });

  test.each<[description: string, ownerOf: (userKey: string) => string | undefined, isEnded: boolean]>([
    ["ends a session of this user", (userKey) => userKey, true],
    ["ends a session of nobody", () => undefined, true],
    ["does not end a session of another user", () => randomKey(43), false],
  ])("an end for one user %s", async (_description, ownerOf, isEnded) => {
    const before = await contract.begin({ a: 1 }, { userKey: ownerOf(contract.userKey) });
    const ending = { reason: "revoked", now: NOW, only: { userKey: contract.userKey } } as const;
    expect(await contract.store.end(contract.id, ending)).toBe(isEnded);
    expect((await contract.store.read(contract.id)).session).toEqual(isEnded ? "revoked" : before);
  });

  test("an end that allows no key ends an empty session", async () => {
    await contract.begin();
    expect(
      await contract.store.end(contract.id, {
        reason: "destroyed",
        now: NOW,
        only: { keys: new Set(), epoch: 0 },
      }),
    ).toBe(true);
  });

  test("a conditional end returns false for a session that is absent or has ended", async () => {
    const only = onlyOf(["a"]);
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW, only })).toBe(false);
    await contract.begin({ a: 1 });
    await contract.store.end(contract.id, { reason: "revoked", now: NOW, only });
    expect(await contract.store.end(contract.id, { reason: "destroyed", now: NOW, only })).toBe(false);
    expect(await contract.store.read(contract.id)).toEqual({ session: "revoked" });
  });

  test("either a conditional end or a parallel change succeeds, never both", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const id = randomKey(22);
        await contract.store.begin(id, recordOf([["a", 1]]));
        const { session: known } = await contract.store.read(id);
        const [ended, changed] = await Promise.all([
          contract.store.end(id, {
            reason: "destroyed",
            now: NOW,
            only: { keys: new Set(["a"]), epoch: 0 },
          }),
          contract.store.change(id, changeOf({ set: new Map([["b", 1]]) }), known as FoundSession),
        ]);
        const { session } = await contract.store.read(id);
        return [ended, !changed.done, session === "destroyed"];
      }),
    );
    for (const outcome of outcomes) expect(new Set(outcome).size).toBe(1);
  });
}
