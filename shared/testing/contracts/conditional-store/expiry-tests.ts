import { expect, test } from "vitest";
import type { ConditionalContract } from "./conditional-contract.ts";

/** Tests of expiry. */
export function testExpiry(contract: ConditionalContract): void {
  test("a value is read in its last second, and not after it", async () => {
    await contract.write("a");
    contract.clock.advance(60.9);
    expect(await contract.read()).toBe("a");
    contract.clock.advance(0.1);
    expect(await contract.read()).toBeUndefined();
  });

  test("a value in its last second is replaced only by a write that expects it", async () => {
    await contract.write("a");
    contract.clock.advance(60);
    expect(await contract.write("b")).toBe(false);
    expect(await contract.write("b", { expected: "a" })).toBe(true);
  });

  test("an expired value is replaced only by a write that expects none", async () => {
    await contract.write("a");
    contract.clock.advance(61);
    expect(await contract.write("b", { expected: "a" })).toBe(false);
    expect(await contract.read()).toBeUndefined();
    expect(await contract.write("b")).toBe(true);
    expect(await contract.read()).toBe("b");
  });

  test.each([
    ["later", 120],
    ["earlier", 30],
  ])("a write may set an end that is %s", async (_what, seconds) => {
    await contract.write("a");
    await contract.write("b", { expected: "a", expiresAt: contract.clock.seconds + seconds });
    contract.clock.advance(seconds);
    expect(await contract.read()).toBe("b");
    contract.clock.advance(1);
    expect(await contract.read()).toBeUndefined();
  });

  test("a value whose end is past is absent at once", async () => {
    expect(await contract.write("a", { expiresAt: contract.clock.seconds - 1 })).toBe(true);
    expect(await contract.read()).toBeUndefined();
    expect(await contract.write("b")).toBe(true);
  });
}
