import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { DOCUMENTED_FOLDERS, FILE_NAME, FILES_PER_FOLDER, VAGUE_NAME } from "../../house-rules.ts";
import { filesIn, findings, importsOf, textOf } from "../../support/source-files.ts";

const SOURCES = filesIn("{shared,functions,infra}/**/*.ts");
const ALL = [...SOURCES, ...filesIn("test/**/*.ts"), ...filesIn("*.ts")];

/**
 * Returns the lines with an export that has no doc comment above. A one-line export may follow another one.
 */
function undocumentedExports(file: string): string[] {
  const lines = textOf(file).split("\n");
  return lines.filter((line, index) => {
    if (!/^export (?!(type )?\{|\*)/.test(line)) return false;
    const above = lines.slice(0, index).findLast((text) => !text.startsWith("// biome-ignore")) ?? "";
    return !above.trimEnd().endsWith("*/") && !/^export .*;$/.test(above);
  });
}

/** Returns the last sentence of a failure, which names the rule in test/house-rules.ts and the remedy. */
function remedy(rule: string, otherwise: string): string {
  return `${otherwise}, or change ${rule} in test/house-rules.ts.`;
}

test("each export in a folder of DOCUMENTED_FOLDERS has a doc comment", () => {
  const files = ALL.filter(
    (file) =>
      DOCUMENTED_FOLDERS.some((folder) => file.startsWith(`${folder}/`)) && !file.endsWith(".test.ts"),
  );
  expect(findings(files, undocumentedExports), remedy("DOCUMENTED_FOLDERS", "Write a doc comment")).toEqual(
    {},
  );
});

test("each file name matches FILE_NAME", () => {
  const others = ALL.filter((file) => !FILE_NAME.test(basename(file)));
  expect(others, remedy("FILE_NAME", "Rename these files")).toEqual([]);
});

test("no file name matches VAGUE_NAME", () => {
  const vague = ALL.filter((file) => VAGUE_NAME.test(file));
  expect(vague, remedy("VAGUE_NAME", "Name these files after what is in them")).toEqual([]);
});

test("no folder of source has more files than FILES_PER_FOLDER, except for the entry points of the library", () => {
  const inFolders = SOURCES.filter((file) => dirname(file) !== "shared");
  const folders = [...Map.groupBy(inFolders, dirname)].filter(
    ([, inside]) => inside.length > FILES_PER_FOLDER,
  );
  expect(
    folders.map(([folder]) => folder),
    remedy("FILES_PER_FOLDER", "Divide these folders"),
  ).toEqual([]);
});

test("functions and infra import the library only by its public entry points", () => {
  const files = SOURCES.filter((file) => !file.startsWith("shared/"));
  const inner = findings(files, (file) => importsOf(file).filter((name) => name.startsWith("shared/")));
  expect(inner, "Import from lambda-sessions or one of its entry points.").toEqual({});
});

test("functions do not import infra, and infra does not import functions", () => {
  const strangers = (folder: string, other: string) =>
    findings(
      SOURCES.filter((file) => file.startsWith(folder)),
      (file) => importsOf(file).filter((name) => name.startsWith(other)),
    );
  expect(strangers("functions/", "infra/"), "Functions are deployed without infra/.").toEqual({});
  expect(strangers("infra/", "functions/"), "The stack bundles functions, and runs none.").toEqual({});
});
