import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draftAdoption } from "../../../infra/adopt/adoption.ts";
import { applyBlock, pageBlocks } from "./page-block.ts";
import { ProjectCopy } from "./project-copy.ts";

describe("an adopted project without the demo, with every recipe in it,", () => {
  let copy: ProjectCopy;

  beforeAll(() => {
    copy = new ProjectCopy();
    copy.linkPackages();
    draftAdoption(copy.root, { name: "web-shop", withoutDemo: true }).apply();
  });
  afterAll(() => copy.remove());

  test("is where each block of the page finds its place", () => {
    const blocks = pageBlocks(copy.read("docs/recipes.md")).filter(({ language }) => language !== "sh");
    expect(blocks.length).toBeGreaterThan(8);
    for (const block of blocks) applyBlock(copy.root, block);
  });

  test("compiles", () => {
    const { status, stdout } = copy.run(process.execPath, "node_modules/typescript/bin/tsc", "--noEmit");
    expect([stdout, status]).toEqual(["", 0]);
  });

  test("is formatted, and has nothing that the linter minds", () => {
    const files = ["functions", "infra", "shared", "test/functions", "test/shared"];
    const biome = ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", ...files];
    const { status, stdout, stderr } = copy.run(process.execPath, ...biome);
    expect([stdout.includes("Checked"), stderr, status]).toEqual([true, "", 0]);
  });
});
