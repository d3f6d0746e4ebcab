import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

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
});

describe("files", () => {
  test("are named in kebab-case", () => {
    const kebab =
      /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-d|adopt|flask|dynamodb|browser|deploy|runtime|config|d))?\.ts$/;
    expect(ALL.filter((file) => !kebab.test(basename(file)))).toEqual([]);
  });

  test("are named after what is in them", () => {
    const nothing = /(^|[-/])(utils?|helpers?|common|misc|(?<!secrets-)managers?)([-./]|$)/;
    expect(["shared/utils.ts", "shared/cookie-helper.ts"].every((file) => nothing.test(file))).toBe(true);
    expect(ALL.filter((file) => nothing.test(file))).toEqual([]);
  });

  test("document what they export", () => {
    const files = ALL.filter(
      (file) => /^(shared|functions|infra|test\/support)\//.test(file) && !isTest(file),
    );
    expect(findings(files, undocumentedExports)).toEqual({});
  });
});

function isTest(file: string): boolean {
  return file.endsWith(".test.ts");
}
