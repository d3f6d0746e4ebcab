import { expect, test } from "vitest";
import { VAGUE_NAME } from "../house-rules.ts";
import { filesIn, findings, importsOf } from "../support/source-files.ts";

<<<<<<< HEAD
const ROOT = resolve(import.meta.dirname, "../..");

const SOURCES = filesIn("{shared,functions,infra}/**/*.ts");
const ALL = [...SOURCES, ...filesIn("test/**/*.ts"), ...filesIn("*.ts")];

function filesIn(pattern: string): string[] {
  return globSync(pattern, { cwd: ROOT, exclude: ["**/node_modules/**"] });
}

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Returns the imports of a file, types too: packages by name, the project's files by path. */
function importsOf(file: string): string[] {
  const code = textOf(file).replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  const names = [...code.matchAll(/\b(?:from|import|getBuiltinModule|require)\s*\(?\s*["'`]([^"'`]+)/g)];
  return names.map(([, name = ""]) =>
    name.startsWith(".") ? relative(ROOT, join(ROOT, dirname(file), name)) : name,
  );
}

/** The lines that export something without a doc comment above; a one-line export may follow another one. */
function undocumentedExports(file: string): string[] {
  const lines = textOf(file).split("\n");
  return lines.filter((line, index) => {
    if (!/^export (?!(type )?\{|\*)/.test(line)) return false;
    const above = lines.slice(0, index).findLast((text) => !text.startsWith("// biome-ignore")) ?? "";
    return !above.trimEnd().endsWith("*/") && !/^export .*;$/.test(above);
  });
}

/** What a check finds in files, by file; those where it finds nothing are left out. */
function findings(files: readonly string[], check: (file: string) => readonly string[]): object {
  return Object.fromEntries(files.map((file) => [file, check(file)]).filter(([, found]) => found?.length));
}

describe("the application", () => {
  const files = ALL.filter((file) => /^(functions|infra|test\/functions|test\/infra)\//.test(file));

  test("imports the library by its public entry points only", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(findings(files, (file) => importsOf(file).filter((name) => name.startsWith("shared/")))).toEqual(
      {},
    );
  });

  test("has functions that import nothing of infra/, and an infra/ that imports nothing of functions/", () => {
    const stray = (folder: string, other: string) =>
      findings(
        SOURCES.filter((file) => file.startsWith(folder)),
        (file) => importsOf(file).filter((name) => name.startsWith(other)),
      );
    expect([stray("functions/", "infra/"), stray("infra/", "functions/")]).toEqual([{}, {}]);
  });

  test("has at most 14 files to a folder", () => {
    const folders = Map.groupBy(SOURCES, dirname);
    const full = [...folders].filter(([, inside]) => inside.length > 14);
    expect(full.map(([folder, inside]) => [folder, inside.length])).toEqual([]);
  });
=======
test("the application's tests import the library by its public entry points only", () => {
  const files = filesIn(["test/functions/**/*.ts", "test/infra/**/*.ts"]);
  expect(files.length).toBeGreaterThan(50);
  const inner = findings(files, (file) => importsOf(file).filter((name) => name.startsWith("shared/")));
  expect(inner).toEqual({});
>>>>>>> 0df03df (House rules in one file; stack and bundles tested on a fixture application)
});

test.each(["shared/utils.ts", "shared/cookie-helper.ts", "infra/secret-manager.ts"])(
  "VAGUE_NAME of the house rules finds %s",
  (file) => {
    expect(VAGUE_NAME.test(file)).toBe(true);
  },
);
