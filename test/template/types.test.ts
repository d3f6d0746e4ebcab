import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { pageBlocks } from "./page-block.ts";

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

/** Declarations of what a block that is no whole handler takes for granted. */
const AROUND = `import { html } from "lambda-sessions";
import { page } from "./pages/page.ts";
const body = html\`\`;
export function handler() {
`;

test("the examples of docs/concepts.md compile in the folder of the functions", () => {
  const local = join(PROJECT_ROOT, ".local");
  mkdirSync(local, { recursive: true });
  const folder = mkdtempSync(join(local, "concepts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const compilerOptions = { rootDirs: ["../../functions", "."] };
  const config = { extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const page = readFileSync(join(PROJECT_ROOT, "docs/concepts.md"), "utf8");
  const examples = pageBlocks(page).filter(({ language }) => language === "ts");
  expect(examples.length).toBeGreaterThan(2);
  for (const [index, { code }] of examples.entries()) {
    const whole = code.startsWith("import ") ? code : `${AROUND}${code}}\n`;
    writeFileSync(join(folder, `example-${index}.ts`), whole);
  }
  const { stdout, status } = compile("--project", folder);
  expect([stdout, status]).toEqual(["", 0]);
});
