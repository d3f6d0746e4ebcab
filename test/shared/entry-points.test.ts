import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { COOKIE_SETTINGS } from "../../shared/session/cookie-settings.ts";
import { SESSION_SETTINGS } from "../../shared/session/session-settings.ts";

const SHARED = resolve(import.meta.dirname, "../../shared");
const README = readFileSync(join(SHARED, "README.md"), "utf8");
const MANIFEST = JSON.parse(readFileSync(join(SHARED, "package.json"), "utf8"));

/** Entry points of the manifest: the name that is imported, and the path. */
const ENTRY_POINTS = Object.entries<string>(MANIFEST.exports).map(
  ([name, path]) => [name.replace(".", MANIFEST.name), path] as const,
);

/** Returns the rows of a table of the README: the names in the first cell and the content of the last one. */
function rows(heading: string): { names: string[]; meaning: string }[] {
  const section = README.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) => {
    const cells = line.split("|").slice(1, -1);
    return { names: namesIn(cells[0] ?? ""), meaning: cells.at(-1) ?? "" };
  });
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

/**
 * Returns the packages that an entry point loads, without Node's own modules: by an import, or by a
 * `requireHere` of `createRequire`.
 */
async function packagesOf(path: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(SHARED, path)],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    write: false,
    metafile: true,
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  const required = Object.keys(metafile.inputs).flatMap((file) => {
    const code = readFileSync(file, "utf8");
    return [...code.matchAll(/\brequireHere\("([^"]+)"\)/g)].map(([, name = ""]) => name);
  });
  return [...imports, ...required].filter((name) => !name.startsWith("node:")).sort();
}

test("the manifest exports every file next to the rooms and nothing else", () => {
  const files = globSync("*.ts", { cwd: SHARED }).map((file) => `./${basename(file)}`);
  expect(ENTRY_POINTS.map(([, path]) => path).sort()).toEqual(files.sort());
});

test("the README of the package names every entry point once", () => {
  const named = rows("Entry points").flatMap(({ names }) => names);
  expect(named.sort()).toEqual(ENTRY_POINTS.map(([name]) => name).sort());
});

test.each(ENTRY_POINTS)(
  "%s loads only the dependencies and peers that the README names",
  async (name, path) => {
    const needed =
      rows("Entry points")
        .find(({ names }) => names.includes(name))
        ?.meaning.split("needs")[1] ?? "";
    const allowed = new Set([...Object.keys(MANIFEST.dependencies), ...namesIn(needed)]);
    const loaded = await packagesOf(path);
    expect(loaded.filter((dependency) => !allowed.has(dependency))).toEqual([]);
    expect(namesIn(needed).filter((peer) => !loaded.includes(peer))).toEqual([]);
  },
);

test("every peer dependency is optional and needed by an entry point", () => {
  const peers = Object.keys(MANIFEST.peerDependencies);
  expect(Object.keys(MANIFEST.peerDependenciesMeta)).toEqual(peers);
  const needed = rows("Entry points").flatMap(({ meaning }) => namesIn(meaning.split("needs")[1] ?? ""));
  expect([...new Set(needed)].sort()).toEqual(peers.sort());
});

test("the README of the package names every setting of the session and of the cookie", () => {
  const settings = rows("Settings");
  expect(settings.flatMap(({ names }) => names).sort()).toEqual(Object.keys(SESSION_SETTINGS).sort());
  const cookie = settings.find(({ names }) => names.includes("cookie"))?.meaning ?? "";
  expect(namesIn(cookie).sort()).toEqual(Object.keys(COOKIE_SETTINGS).sort());
});
