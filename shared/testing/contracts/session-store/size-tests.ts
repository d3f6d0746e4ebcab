import { expect, test } from "vitest";
import { SessionTooLargeError } from "../../../session/session-errors.ts";
import type { StoredValue } from "../../../stores/session-record.ts";
import { manyValues, recordOf } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";

/** Tests of large sessions. */
export function testSizes(contract: StoreContract): void {
  const large = "x".repeat(350_000);

  test("a session of 350,000 bytes can begin", async () => {
    await contract.begin({ large });
    expect((await contract.data()).get("large")).toBe(large);
  });

  test("a session can grow to 350,000 bytes and be changed", async () => {
    await contract.begin({ a: "a" });
    expect(await contract.change({ set: new Map([["large", large]]) })).toEqual({ done: true });
    expect(await contract.change({ set: manyValues(300, "many") })).toEqual({ done: true });
    expect(await contract.change({ set: new Map([["large", "small"]]) })).toEqual({ done: true });
    expect((await contract.data()).get("large")).toBe("small");
  });
  const values = new Map<string, StoredValue>([
    ["small", 1],
    ["large", "x".repeat(1_500_000)],
    ["half", "x".repeat(500_000)],
  ]);

  async function expectKeptOrRefused(saving: Promise<unknown>, unsaved: object | undefined): Promise<void> {
    const error = await saving.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const { session } = await contract.store.read(contract.id);
    if (error === undefined) return expect(session).toMatchObject({ values });
    expect(error).toBeInstanceOf(SessionTooLargeError);
    const { bytes, limit, largest } = error as SessionTooLargeError;
    expect(largest.map(({ key }) => key).slice(0, 2)).toEqual(["large", "half"]);
    expect([bytes > 2_000_000, limit < bytes]).toEqual([true, true]);
    expect(session).toEqual(unsaved);
  }

  test("a session of 2 MB is kept whole or refused with its largest keys when it begins", async () => {
    await expectKeptOrRefused(contract.store.begin(contract.id, recordOf(values)), undefined);
  });

  test("a session of 2 MB is kept whole or refused with its largest keys after one large change", async () => {
    const before = await contract.begin({ small: 1 });
    await expectKeptOrRefused(contract.change({ set: values }), before);
  });

  test("a session of 2 MB is kept whole or refused with its largest keys after a change of many keys", async () => {
    const before = await contract.begin(Object.fromEntries(manyValues(300, "many")));
    const remove = new Set(manyValues(300, "many").keys());
    await expectKeptOrRefused(contract.change({ set: values, remove }), before);
  });
}
