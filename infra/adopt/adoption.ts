import type { AdoptOptions } from "./adopt-options.ts";
import { AdoptionError } from "./adoption-error.ts";
import { Draft } from "./draft.ts";
import { resolveBlocks } from "./marked-blocks.ts";
import { importersIn, packagesOf, removeUnusedTestModules } from "./module-imports.ts";
import { changeName, TEMPLATE } from "./name-change.ts";
import { type PackageJson, removeReferences } from "./package-json.ts";
import { packageSource } from "./package-source.ts";
import { PARTS, removedParts } from "./parts.ts";
import { projectName } from "./project-name.ts";
import { removeRoutes } from "./routes.ts";

/**
 * Drafts the changes that turn the template into a project of its owner.
 *
 * @param from the folder that a relative path of a tarball starts from
 * @throws AdoptionError for options that do not fit together or the project, and for a file that cannot be changed
 */
export function draftAdoption(root: string, options: AdoptOptions, from: string = root): Draft {
  const draft = new Draft(root);
  assertOptions((JSON.parse(draft.read("package.json")) as PackageJson).name, options);
  if (options.name !== undefined) changeName(draft, projectName(options.name, options.stack));
  removeParts(draft, options);
  if (options.withPackage !== undefined) dependOnPackage(draft, packageSource(options.withPackage, root, from));
  return draft;
}

/** Removes the files of parts, and then what refers to them. */
function removeParts(draft: Draft, options: AdoptOptions): void {
  const parts = removedParts(options);
  const [importers, packages] = [importersIn(draft), packagesOf(draft)];
  for (const path of [...parts].flatMap((part): readonly string[] => PARTS[part]))
    if (options.name !== undefined || draft.has(path)) draft.remove(path);
  removeRoutes(draft);
  removeUnusedTestModules(draft, importers);
  const kept = packagesOf(draft);
  const unused = new Set([...packages].filter((name) => !kept.has(name)));
  let scripts: readonly string[] = [];
  draft.editJson<PackageJson>("package.json", (json) => {
    scripts = removeReferences(draft, json, unused);
  });
  for (const path of draft.files.filter((file) => /\.(md|yml)$|^\.ci\//.test(file))) {
    draft.write(path, resolveBlocks(path, draft.read(path), parts));
    if (!path.endsWith(".md")) draft.removeLines(path, (line) => callsRemoved(draft, line, scripts));
  }
}

/** Whether a line of a CI script or workflow runs a script or a test that is removed. */
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
