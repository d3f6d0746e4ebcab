import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { pageBlocks } from "../page-block.ts";

/** The complete examples of a page. */
export interface PageExample {
  /** The content of each file, by its path in the project. */
  readonly files: ReadonlyMap<string, string>;
  /** The lines that the page adds to `ROUTES` in `infra/routes.ts`. */
  readonly routes: string;
  /** The packages that the page installs. */
  readonly packages: readonly string[];
}

/** The file whose blocks show only the lines to add to its first list. */
const ROUTES_FILE = "infra/routes.ts";

/** Reads the examples of a page of `shared/docs`, as {@link parseExample} does. */
export function readPageExample(page: string, only?: readonly string[]): PageExample {
  try {
    return parseExample(readFileSync(join(PROJECT_ROOT, "shared/docs", page), "utf8"), only);
  } catch (cause) {
    throw new Error(`shared/docs/${page}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Returns the examples in the text of a page: its code blocks that name a file after the language, as in
 * ` ```ts functions/hono.ts `. All other blocks only illustrate.
 *
 * @param only the files to return. Default: all. Routes to other files are left out
 * @throws Error if the page has no such block, or not all of the files
 */
export function parseExample(text: string, only?: readonly string[]): PageExample {
  const blocks = pageBlocks(text);
  const named = blocks.flatMap(({ path, code }) => (path === undefined ? [] : [{ path, code }]));
  const own = named.filter(({ path }) => path !== ROUTES_FILE);
  const files = new Map(own.map(({ path, code }) => [path, code]));
  if (files.size < own.length) throw new Error("two blocks have the same file; each must be a whole file");
  const missing = only?.filter((path) => !files.has(path)) ?? [];
  if (files.size === 0 || missing.length > 0)
    throw new Error(`no block is ${missing.join(", ") || "a file, such as functions/a.ts"}`);
  const unwanted = [...files.keys()].filter((path) => only?.includes(path) === false);
  for (const path of unwanted) files.delete(path);
  const lines = named.flatMap(({ path, code }) => (path === ROUTES_FILE ? code.trimEnd().split("\n") : []));
  const routes = lines.filter((line) => !unwanted.some((path) => line.includes(`"${path}"`)));
  const shell = blocks.filter(({ language }) => language === "sh").map(({ code }) => code);
  return { files, routes: routes.join("\n"), packages: installedBy(shell.join("\n")) };
}

/** Returns the packages that `npm install` commands name. */
function installedBy(commands: string): string[] {
  const lines = [...commands.matchAll(/^npm install ([^#\n]*)/gm)];
  const words = lines.flatMap(([, line = ""]) => line.trim().split(/\s+/));
  return [...new Set(words.filter((word) => !word.startsWith("-")))];
}
