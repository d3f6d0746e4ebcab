import { describe, expect, test } from "vitest";
import { deployment } from "../deployment.ts";
import { LISTINGS } from "../listings.ts";

const { prefix, emulator } = deployment();

/** What `cdk bootstrap` made on the emulator, which held nothing else before. */
const BOOTSTRAP = /^CDKToolkit$|^cdk-hnb659fds-/;

describe("when its stacks are destroyed", () => {
  test.each(Object.entries(LISTINGS))("nothing is left of %s", async (_kind, list) => {
    const ours = async () => (await list()).filter((name) => name?.includes(prefix));
    // AWS lists some things a little longer than they are.
    await expect.poll(ours, { timeout: 50_000 }).toEqual([]);
  });

  test.runIf(emulator)("the bootstrap stack is all that the account holds", async () => {
    const lists = await Promise.all(Object.values(LISTINGS).map((list) => list()));
    const names = lists.flat().map((name) => `${name}`);
    expect(names).toContain("CDKToolkit");
    expect(names.filter((name) => !BOOTSTRAP.test(name))).toEqual([]);
  });
});
