import { expect, test } from "vitest";
import type { ConditionalContract } from "./conditional-contract.ts";

/** Tests of removals. */
export function testRemovals(contract: ConditionalContract): void {
  test("a removal removes the value and returns true", async () => {
    await contract.write("a");
    expect(await contract.remove()).toBe(true);
    expect(await contract.read()).toBeUndefined();
  });

  test("a removal returns false if there is no value", async () => {
    expect(await contract.remove()).toBe(false);
    expect(await contract.remove("a")).toBe(false);
    expect(await contract.read()).toBeUndefined();
  });

  test("a second removal returns false", async () => {
    await contract.write("a");
    await contract.remove();
    expect(await contract.remove()).toBe(false);
  });

  test("a removal of the expected value removes only that", async () => {
    await contract.write("a");
    expect(await contract.remove("b")).toBe(false);
    expect(await contract.read()).toBe("a");
    expect(await contract.remove("a")).toBe(true);
    expect(await contract.read()).toBeUndefined();
  });

  test("a removal of an expired value returns false", async () => {
    await contract.write("a");
    contract.clock.advance(61);
    expect(await contract.remove()).toBe(false);
    expect(await contract.remove("a")).toBe(false);
  });

  test("a value may be written again after a removal, and only as an absent one", async () => {
    await contract.write("a");
    await contract.remove();
    expect(await contract.write("b", { expected: "a" })).toBe(false);
    expect(await contract.write("b")).toBe(true);
    expect(await contract.read()).toBe("b");
  });
}
