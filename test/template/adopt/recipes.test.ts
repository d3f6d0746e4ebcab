import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draftAdoption } from "../../../infra/adopt/adoption.ts";
import { applyBlock, pageBlocks, providerApiBlocks } from "../page-block.ts";
import { ProjectCopy } from "../project-copy.ts";

describe("a project that was adopted without demo and examples, with the package,", () => {
  let copy: ProjectCopy;

  beforeAll(() => {
    copy = new ProjectCopy();
    const options = { withoutDemo: true, withoutExamples: true, withPackage: "1.0.0" };
    draftAdoption(copy.root, { name: "web-shop", ...options }).apply();
    copy.linkPackages();
  });
  afterAll(() => copy.remove());

  /** Expects that the project compiles, and that the linter accepts it without reformatting. */
  function expectValid(): void {
    const compiled = copy.run(process.execPath, "node_modules/typescript/bin/tsc", "--noEmit");
    expect([compiled.stdout, compiled.status]).toEqual(["", 0]);
    const folders = ["functions", "infra", "test"];
    const biome = ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", ...folders];
    const { status, stdout, stderr } = copy.run(process.execPath, ...biome);
    expect([stdout.includes("Checked"), stderr, status]).toEqual([true, "", 0]);
  }

  test("an adopted project compiles and passes the linter, before and after all blocks of docs/recipes.md are applied, and the handler of docs/sign-in.md that calls the provider's API", () => {
    expectValid();
    const recipes = pageBlocks(copy.read("docs/recipes.md")).filter(({ language }) => language !== "sh");
    const calls = providerApiBlocks(copy.read("docs/sign-in.md")).filter(({ language }) => language !== "sh");
    expect([recipes.length > 8, calls.length]).toEqual([true, 4]);
    for (const block of [...recipes, ...calls]) applyBlock(copy.root, block);
    expectValid();
  });

  test("the handler of docs/sign-in.md passes its own test there", () => {
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "test/functions/profile.test.ts"];
    const { stdout, status } = copy.run(process.execPath, ...vitest);
    expect([stdout.includes("2 passed"), status], stdout).toEqual([true, 0]);
  });
});
