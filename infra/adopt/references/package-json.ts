import type { Draft } from "../draft.ts";

/** The fields of package.json that an adoption changes. */
export interface PackageJson {
  name: string;
  description?: string;
  readonly version?: string;
  workspaces?: string[];
  readonly imports: Record<string, unknown>;
  readonly scripts: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/**
 * Removes what refers to removed files: workspaces, scripts and imports by their paths, and packages that no
 * module imports any more. A package that is never imported, such as a command-line tool, stays.
 *
 * @param unused names of packages that were imported before and no longer are
 * @returns the names of the removed scripts
 */
export function removeReferences(
  draft: Draft,
  json: PackageJson,
  unused: ReadonlySet<string>,
): readonly string[] {
  const isGone = (text: string) =>
    (text.match(/[\w@./-]+/g) ?? []).some((path) => draft.isRemoved(trim(path)));
  const workspaces = json.workspaces?.filter((path) => !isGone(path));
  if (workspaces?.length) json.workspaces = workspaces;
  else delete json.workspaces;
  const scripts = Object.keys(json.scripts).filter((name) => isGone(json.scripts[name] ?? ""));
  for (const name of scripts) delete json.scripts[name];
  const imports = Object.keys(json.imports).filter((name) => isGone(JSON.stringify(json.imports[name])));
  for (const name of imports) delete json.imports[name];
  for (const packages of [json.dependencies, json.devDependencies])
    for (const name of Object.keys(packages)) if (unused.has(name)) delete packages[name];
  return scripts;
}

function trim(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/$/, "");
}
