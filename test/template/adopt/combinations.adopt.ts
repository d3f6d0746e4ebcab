import { expect, onTestFinished, test } from "vitest";
import type { AdoptOptions } from "../../../infra/adopt/adopt-options.ts";
import { draftAdoption } from "../../../infra/adopt/adoption.ts";
import { ProjectCopy } from "../project-copy.ts";

/** All combinations of what can be removed, and the workshop, which excludes them. */
const COMBINATIONS: readonly AdoptOptions[] = [
  { withWorkshop: true },
  ...[false, true].flatMap((withoutDemo) =>
    [false, true].flatMap((withoutExamples) =>
      [undefined, "1.0.0"].map((withPackage) => ({ withoutDemo, withoutExamples, withPackage })),
    ),
  ),
];

test.each(COMBINATIONS)("a project that was adopted with %o compiles and passes the linter", (options) => {
  const copy = new ProjectCopy();
  onTestFinished(() => copy.remove());
  draftAdoption(copy.root, { name: "web-shop", ...options }).apply();
  copy.linkPackages();
  const compiled = copy.run(process.execPath, "node_modules/typescript/bin/tsc", "--noEmit");
  expect([compiled.stdout, compiled.status]).toEqual(["", 0]);
  const biome = ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"];
  const linted = copy.run(process.execPath, ...biome, "functions", "infra", "test", "vitest.config.ts");
  expect([linted.stdout.includes("Checked"), linted.stderr, linted.status]).toEqual([true, "", 0]);
});
