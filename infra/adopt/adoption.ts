import type { AdoptOptions } from "./adopt-options.ts";
import { AdoptionError } from "./adoption-error.ts";
import { Draft } from "./draft.ts";
import { changeName, TEMPLATE } from "./name-change.ts";
import { writeHandler, writeOwnFiles } from "./own-files.ts";
import { packageSource } from "./package-source.ts";
import { PARTS, type Part, removedParts } from "./parts.ts";
import { projectName } from "./project-name.ts";
import { resolveBlocks } from "./references/marked-blocks.ts";
import { importersIn, packagesOf, removeUnusedTestModules } from "./references/module-imports.ts";
import { type PackageJson, removeReferences } from "./references/package-json.ts";
import { removeRoutes } from "./references/routes.ts";

/** Files that can contain blocks of parts. */
const BLOCKS = /\.(md|yml)$|^\.ci\/|^vitest\.config\.ts$/;

const LIBRARY = "shared/package.json";

/**
 * Drafts the changes that turn the template into a project of its owner.
 *
 * @param from the folder that a relative path of a tarball starts from
 * @throws AdoptionError for options that do not fit together or the project, and for a file that cannot be
 * changed
 */
export function draftAdoption(root: string, options: AdoptOptions, from: string = root): Draft {
  const draft = new Draft(root);
  const { name: present, version = "" } = JSON.parse(draft.read("package.json")) as PackageJson;
  assertOptions(present, options);
  const parts = removedParts(options, present === TEMPLATE);
  if (options.name !== undefined) {
    const name = projectName(options.name, options.stack);
    changeName(draft, name);
    writeOwnFiles(draft, name, `${TEMPLATE} ${version}`);
  }
  if (options.withoutExamples) writeHandler(draft);
  removeParts(draft, parts);
  if (options.withPackage !== undefined)
    dependOnPackage(draft, packageSource(options.withPackage, root, from));
  return draft;
}

/** Returns the packages that the library expects its user to install. */
function peersOf(packageJson: string): readonly string[] {
  return Object.keys((JSON.parse(packageJson) as PackageJson).peerDependencies ?? {});
}

/** Removes the files of parts, and then what refers to them. */
function removeParts(draft: Draft, parts: ReadonlySet<Part>): void {
  const [importers, packages] = [importersIn(draft), packagesOf(draft)];
  const peers = draft.has(LIBRARY) ? peersOf(draft.read(LIBRARY)) : [];
  for (const path of [...parts].flatMap((part): readonly string[] => PARTS[part]))
    for (const one of path.includes("*") ? draft.matching(path) : [path]) draft.remove(one);
  removeRoutes(draft);
  removeUnusedTestModules(draft, importers);
  const kept = new Set([...packagesOf(draft), ...peers]);
  const unused = new Set([...packages].filter((name) => !kept.has(name)));
  let scripts: readonly string[] = [];
  draft.editJson<PackageJson>("package.json", (json) => {
    scripts = removeReferences(draft, json, unused);
  });
  draft.removeLines(".gitignore", (line) => draft.isRemoved(line.replace(/\/$/, "")));
  if (parts.has("workshop"))
    draft.write("tsconfig.json", draft.read("tsconfig.json").replace(', "test/template"', ""));
  for (const path of draft.files.filter((file) => BLOCKS.test(file))) {
    const text = resolveBlocks(path, draft.read(path), parts);
    draft.write(path, parts.has("library") ? unlinkSource(text) : text);
    if (/^\.(ci|github)\//.test(path)) draft.removeLines(path, (line) => callsRemoved(draft, line, scripts));
  }
}

/** Replaces links into the library's source by their text, because the package contains no such files. */
function unlinkSource(page: string): string {
  return page.replace(/\[([^\]]+)\]\((?:\.\.\/)?(?:test\/)?shared\/[^)]*\)/g, "$1");
}

/** Returns whether a line of a CI script or workflow runs a script or a test that is removed. */
function callsRemoved(draft: Draft, line: string, scripts: readonly string[]): boolean {
  const [, script = ""] = /npm run ([\w:-]+)/.exec(line) ?? [];
  const [, test = ""] = /vitest run ([\w/-]+)/.exec(line) ?? [];
  return scripts.includes(script) || draft.isRemoved(test);
}

function dependOnPackage(draft: Draft, source: string): void {
  draft.editJson<PackageJson>("package.json", ({ dependencies }) => {
    dependencies["lambda-sessions"] = source;
  });
  draft.replace("tsconfig.json", '"shared", ', "");
  // The template packs tarballs; this project may have to commit one.
  draft.removeLines(".gitignore", (line) => line === "*.tgz");
}

function assertOptions(present: string, options: AdoptOptions): void {
  const { name, stack, withWorkshop, withoutDemo, withoutExamples, withPackage } = options;
  const isAdopted = present !== TEMPLATE;
  if (isAdopted && (name !== undefined || stack !== undefined))
    throw new AdoptionError(
      `This project has its name already: ${present}. Run npm run adopt without NAME and --stack to remove more of the template.`,
    );
  if (!isAdopted && (name === undefined || name === TEMPLATE))
    throw new AdoptionError("Name your project: npm run adopt -- NAME, such as web-shop.");
  if (withWorkshop && (isAdopted || withoutDemo || withoutExamples || withPackage !== undefined))
    throw new AdoptionError(
      "--with-workshop cannot be combined with options that remove something, because the workshop tests all of it. Leave one of them out.",
    );
}
