import { existsSync } from "node:fs";
import { basename, relative, resolve, sep } from "node:path";
import { AdoptionError } from "./adoption-error.ts";

const VERSION = /^[~^]?\d+\.\d+\.\d+(-[\w.-]+)?$/;

/**
 * Returns the value of package.json's `dependencies` for a version, such as `^1.2.0`, or for a tarball, by
 * its path.
 *
 * @param from the folder that a relative path starts from
 * @throws AdoptionError for anything else, and for a tarball that does not exist
 */
export function packageSource(source: string, root: string, from: string): string {
  if (VERSION.test(source)) return source;
  const path = resolve(from, source);
  if (!source.endsWith(".tgz") || !existsSync(path))
    throw new AdoptionError(
      `--with-package must be a version such as ^1.2.0 or the path of a tarball that exists, not ${JSON.stringify(source)}.`,
    );
  return `file:${relative(root, path).replaceAll(sep, "/")}`;
}

/** Returns what to do with the tarball of a dependency, or undefined for a version. */
export function tarballAdvice(dependency: string): string | undefined {
  if (!dependency.startsWith("file:")) return undefined;
  const needed = "Every npm ci needs the tarball, in CI too.";
  if (!dependency.startsWith("file:../")) return `${needed} Commit it.`;
  return `${needed} Copy it into this folder, run npm install ./${basename(dependency)}, and commit both.`;
}
