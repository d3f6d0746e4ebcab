import { expect, test } from "vitest";
import type { ConditionalContract } from "./conditional-contract.ts";

/** Tests of reads and of the conditions of writes. */
export function testWrites(contract: ConditionalContract): void {
  test("an absent value is read as undefined", async () => {
    expect(await contract.read()).toBeUndefined();
  });

  test("a value that was written is read", async () => {
    expect(await contract.write("a")).toBe(true);
    expect(await contract.read()).toBe("a");
  });

  test("a write that expects no value is refused if there is one", async () => {
    await contract.write("a");
    expect(await contract.write("b")).toBe(false);
    expect(await contract.write("a")).toBe(false);
    expect(await contract.read()).toBe("a");
  });

  test("a write that expects the present value replaces it", async () => {
    await contract.write("a");
    expect(await contract.write("b", { expected: "a" })).toBe(true);
    expect(await contract.read()).toBe("b");
  });

  test("a write may replace a value by itself", async () => {
    await contract.write("a");
    expect(await contract.write("a", { expected: "a" })).toBe(true);
    expect(await contract.read()).toBe("a");
  });

  test.each(["b", "A", "a "])(
    "a write that expects %j is refused if the value is another",
    async (expected) => {
      await contract.write("a");
      expect(await contract.write("c", { expected })).toBe(false);
      expect(await contract.read()).toBe("a");
    },
  );

  test("a write that expects a value is refused if there is none", async () => {
    expect(await contract.write("b", { expected: "a" })).toBe(false);
    expect(await contract.read()).toBeUndefined();
  });

  test("keys have values of their own", async () => {
    const other = contract.newKey();
    await contract.write("a");
    await contract.store.write(other, "b", { expected: undefined, expiresAt: contract.clock.seconds + 60 });
    await contract.remove();
    expect([await contract.read(), await contract.store.read(other)]).toEqual([undefined, "b"]);
  });

  test("twenty writes one after the other each replace the value", async () => {
    await contract.write("0");
    for (let count = 1; count <= 20; count++)
      expect(await contract.write(`${count}`, { expected: `${count - 1}` })).toBe(true);
    expect(await contract.read()).toBe("20");
  });
}
