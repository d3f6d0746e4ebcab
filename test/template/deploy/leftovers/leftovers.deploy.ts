import { describe, expect, test } from "vitest";
import { deployment } from "../deployment.ts";
import { LISTINGS } from "../listings.ts";

const { prefix, emulator } = deployment();

/** Names that `cdk bootstrap` created on the emulator, which was empty before. */
const BOOTSTRAP = /^CDKToolkit$|^cdk-hnb659fds-/;

describe("after the stacks are destroyed", () => {
  test.each(Object.entries(LISTINGS))("no %s remain after the stacks are destroyed", async (_kind, list) => {
    const ours = async () => (await list()).filter((name) => name?.includes(prefix));
    // Polls, because AWS lists some resources a little longer than they exist.
    await expect.poll(ours, { timeout: 180_000, interval: 3_000 }).toEqual([]);
  });

  test.runIf(emulator)("the bootstrap stack is all that the account contains", async () => {
    const lists = await Promise.all(Object.values(LISTINGS).map((list) => list()));
    const names = lists.flat().map((name) => `${name}`);
    expect(names).toContain("CDKToolkit");
    expect(names.filter((name) => !BOOTSTRAP.test(name))).toEqual([]);
  });
});
