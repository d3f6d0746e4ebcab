import { expect, test } from "vitest";
import type { ConditionalContract } from "./conditional-contract.ts";

const NUMBERS = Array.from({ length: 20 }, (_, number) => `${number}`);

/** Tests of parallel writes and removals. */
export function testConcurrency(contract: ConditionalContract): void {
  test("one of twenty parallel first writes succeeds", async () => {
    const written = await Promise.all(NUMBERS.map((number) => contract.write(number)));
    expect(written.filter((isWritten) => isWritten)).toHaveLength(1);
    expect(await contract.read()).toBe(NUMBERS[written.indexOf(true)]);
  });

  test("one of twenty parallel first writes of the same value succeeds", async () => {
    const written = await Promise.all(NUMBERS.map(() => contract.write("same")));
    expect(written.filter((isWritten) => isWritten)).toHaveLength(1);
  });

  test("one of twenty parallel writes that replace an expired value succeeds", async () => {
    await contract.write("a");
    contract.clock.advance(61);
    const written = await Promise.all(NUMBERS.map((number) => contract.write(number)));
    expect(written.filter((isWritten) => isWritten)).toHaveLength(1);
    expect(await contract.read()).toBe(NUMBERS[written.indexOf(true)]);
  });

  test("one of twenty parallel writes and removals that expect the same value succeeds", async () => {
    await contract.write("a");
    const done = await Promise.all(
      NUMBERS.map((number, index) =>
        index % 2 ? contract.remove("a") : contract.write(number, { expected: "a" }),
      ),
    );
    expect(done.filter((isDone) => isDone)).toHaveLength(1);
    const winner = done.indexOf(true);
    expect(await contract.read()).toBe(winner % 2 ? undefined : NUMBERS[winner]);
  });

  test("one of twenty parallel removals returns true", async () => {
    await contract.write("a");
    const removed = await Promise.all(NUMBERS.map(() => contract.remove()));
    expect(removed.filter((isRemoved) => isRemoved)).toHaveLength(1);
  });

  test("eight parallel loops of compare-and-set lose no update", async () => {
    await contract.write("-");
    async function append(letter: string): Promise<void> {
      for (;;) {
        const value = await contract.read();
        if (value === undefined) throw new Error("the value must be present");
        if (await contract.write(`${value}${letter}`, { expected: value })) return;
      }
    }
    await Promise.all([..."abcdefgh"].map(append));
    expect([...`${await contract.read()}`].sort().join("")).toBe("-abcdefgh");
  });
}
