import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";

/** Runs the compiler in the project's root. */
function compile(...options: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const compiler = join(PROJECT_ROOT, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [compiler, "--noEmit", ...options], {
    cwd: PROJECT_ROOT,
    encoding: "utf8",
  });
}

test("the template's tests compile, with the types that they declare for packages which are not installed", () => {
  const { stdout, status } = compile("--project", "test/template");
  expect([stdout, status]).toEqual(["", 0]);
});

test("none of these declarations hides the types of a package that an application installs", () => {
  const files = compile("--listFilesOnly").stdout.split("\n");
  expect(files.length).toBeGreaterThan(500);
  expect(files.filter((file) => file.includes("test/template/"))).toEqual([]);
});
