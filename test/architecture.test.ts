import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** A folder of the project and what its files may import from the project: folders and files. */
const RINGS: readonly [ring: string, ...imports: string[]][] = [
  ["shared/crypto", "shared/crypto/"],
  ["shared/session", "shared/session/", "shared/crypto/"],
  ["shared/lambda", "shared/lambda/", "shared/session/", "shared/crypto/"],
  ["functions", "functions/", "shared/lambda/", "shared/session/", "shared/crypto/"],
  [
    "infra",
    "infra/",
    "shared/session/session-settings.ts",
    "shared/crypto/option-error.ts",
    "shared/crypto/json-object.ts",
    "shared/crypto/key-ring.ts",
  ],
];

/** The files that may import the AWS SDK. */
const SDK_LEAVES: readonly string[] = ["shared/session/stores/dynamodb.ts"];

const SOURCES = filesIn("{shared,functions,infra}/**/*.ts");
const ALL = [...SOURCES, ...filesIn("test/**/*.ts"), ...filesIn("*.ts")];

function filesIn(pattern: string): string[] {
  return globSync(pattern, { cwd: ROOT, exclude: ["**/node_modules/**"] });
}

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** What a file imports, types too: `node:` modules and packages by name, the project's files by path. */
function importsOf(file: string): string[] {
  const code = textOf(file).replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  const names = [...code.matchAll(/\b(?:from|import|getBuiltinModule|require)\s*\(?\s*["'`]([^"'`]+)/g)];
  return names.map(([, name = ""]) =>
    name.startsWith(".") ? relative(ROOT, join(ROOT, dirname(file), name)) : name,
  );
}

/** What a file imports from the project although it may not. */
function strayImports(file: string, allowed: readonly string[]): string[] {
  const own = importsOf(file).filter((name) => /^(\.\.|shared|functions|infra|test)(\/|$)/.test(name));
  return own.filter(
    (name) => !allowed.some((place) => (place.endsWith("/") ? name.startsWith(place) : name === place)),
  );
}

/** The lines that export something without a doc comment above; a one-line export may follow another one. */
function undocumentedExports(file: string): string[] {
  const lines = textOf(file).split("\n");
  return lines.filter((line, index) => {
    if (!/^export (?!\{|\*)/.test(line)) return false;
    const above = lines.slice(0, index).findLast((text) => !text.startsWith("// biome-ignore")) ?? "";
    return !above.trimEnd().endsWith("*/") && !/^export .*;$/.test(above);
  });
}

/** What a check finds in files, by file; those where it finds nothing are left out. */
function findings(files: readonly string[], check: (file: string) => readonly string[]): object {
  return Object.fromEntries(files.map((file) => [file, check(file)]).filter(([, found]) => found?.length));
}

describe("the rings", () => {
  test("hold every source file", () => {
    const rings = RINGS.map(([ring]) => `${ring}/`);
    expect(SOURCES.length).toBeGreaterThan(50);
    expect(SOURCES.filter((file) => !rings.some((ring) => file.startsWith(ring)))).toEqual([]);
  });

  test.each(RINGS)("let %s import only what lies below it", (ring, ...allowed) => {
    const files = SOURCES.filter((file) => file.startsWith(`${ring}/`));
    expect(files.flatMap(importsOf)).not.toEqual([]);
    expect(findings(files, (file) => strayImports(file, allowed))).toEqual({});
  });

  test("keep the AWS SDK in the leaves that need it", () => {
    const users = SOURCES.filter((file) =>
      importsOf(file).some((name) => /^(@aws-sdk|@smithy|aws-sdk)\b/.test(name)),
    );
    expect(users.filter((file) => !SDK_LEAVES.includes(file))).toEqual([]);
  });

  test("keep the session out of what runs on a schedule", () => {
    const scheduled = SOURCES.filter((file) => file.startsWith("functions/schedule/"));
    expect(scheduled).toEqual(["functions/schedule/rotate-keys.ts"]);
    expect(findings(scheduled, (file) => strayImports(file, ["shared/crypto/"]))).toEqual({});
  });

  test("keep environment, cookies and error handling out of the handlers", () => {
    const handlers = SOURCES.filter((file) => dirname(file) === "functions");
    expect(handlers).not.toEqual([]);
    const forbidden = /process\.env|\btry \{|\.catch\(|set-cookie|\bcookies\b/gi;
    expect(findings(handlers, (file) => textOf(file).match(forbidden) ?? [])).toEqual({});
    expect(handlers.filter((file) => !textOf(file).includes("export const handler = withSession("))).toEqual(
      [],
    );
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
