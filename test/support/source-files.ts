import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { PROJECT_ROOT } from "../../infra/bundling.ts";

/** Returns the project's files that match a pattern, relative to its root. */
export function filesIn(pattern: string | readonly string[]): string[] {
  return globSync(pattern, { cwd: PROJECT_ROOT, exclude: ["**/node_modules/**"] });
}

/** Returns the text of a file of the project. */
export function textOf(file: string): string {
  return readFileSync(join(PROJECT_ROOT, file), "utf8");
}

/** Returns the imports of a file, including types: packages by name, the project's files by path. */
export function importsOf(file: string): string[] {
  const code = textOf(file).replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  const names = [...code.matchAll(/\b(?:from|import|getBuiltinModule|require)\s*\(?\s*["'`]([^"'`]+)/g)];
  return names.map(([, name = ""]) =>
    name.startsWith(".") ? relative(PROJECT_ROOT, join(PROJECT_ROOT, dirname(file), name)) : name,
  );
}

/** Returns the findings of a check by file. Files without a finding are omitted. */
export function findings(files: readonly string[], check: (file: string) => readonly string[]): object {
  return Object.fromEntries(files.map((file) => [file, check(file)]).filter(([, found]) => found?.length));
}
