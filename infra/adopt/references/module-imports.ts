import { join } from "node:path/posix";
import type { Draft } from "../draft.ts";

const IMPORT = /\b(?:from|import|doMock|mock|URL)\s*\(?\s*"([^"\n]+)"/g;

/** Returns what a module imports: packages by name, the project's files by path. */
export function importsOf(path: string, code: string): readonly string[] {
  const names = [...code.matchAll(IMPORT)].map(([, name = ""]) => name);
  return names.map((name) => (name.startsWith(".") ? join(path, "..", name) : name));
}

/** Returns the packages that modules import, by the names under which they are installed. */
export function packagesOf(draft: Draft): ReadonlySet<string> {
  const names = modulesOf(draft).flatMap((path) => importsOf(path, draft.read(path)));
  const packages = names.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? "");
  return new Set(packages.flatMap((name) => [name, `@types/${name}`]));
}

/**
 * Removes the modules of `test/` that tests imported before and none imports any more. A test beside its own
 * subject, such as `browser.test.ts` beside `browser.ts`, goes with it.
 *
 * @param before importers of each path before anything was removed
 */
export function removeUnusedTestModules(draft: Draft, before: ReadonlyMap<string, readonly string[]>): void {
  for (;;) {
    const after = importersIn(draft);
    const unused = modulesOf(draft).filter(
      (path) => path.startsWith("test/") && before.has(path) && !after.has(path),
    );
    if (unused.length === 0) return;
    for (const path of unused) {
      draft.remove(path);
      const test = testBeside(path);
      if (draft.has(test)) draft.remove(test);
    }
  }
}

/** Returns the modules that import each path. The test beside a module does not count as one. */
export function importersIn(draft: Draft): ReadonlyMap<string, readonly string[]> {
  const edges = modulesOf(draft).flatMap((importer) =>
    importsOf(importer, draft.read(importer)).map((path) => ({ importer, path })),
  );
  const own = edges.filter(({ importer, path }) => importer !== testBeside(path));
  const grouped = Map.groupBy(own, ({ path }) => path);
  return new Map([...grouped].map(([path, found]) => [path, found.map(({ importer }) => importer)]));
}

function modulesOf(draft: Draft): readonly string[] {
  return draft.files.filter((path) => path.endsWith(".ts"));
}

function testBeside(path: string): string {
  return path.replace(/\.ts$/, ".test.ts");
}
