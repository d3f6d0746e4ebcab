import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A code block of a page. */
export interface PageBlock {
  /** The second-level heading above it. */
  readonly section: string;
  readonly language: string;
  readonly code: string;
  /** The file named after the language, as in ` ```ts functions/hono.ts `. */
  readonly path: string | undefined;
  /** The last file that the paragraph above names. */
  readonly file: string | undefined;
}

/** Returns the code blocks of a page in order. The indentation of a block in a list is removed. */
export function pageBlocks(page: string): PageBlock[] {
  const blocks = [...page.matchAll(/^( *)```(\w+)(?: ([\w./-]+))?\n(.*?)^\1```$/gms)];
  return blocks.map(({ index, 1: indent = "", 2: language = "", 3: path, 4: code = "" }) => {
    const above = page.slice(0, index);
    const [paragraph = ""] = above
      .trimEnd()
      .split(/\n\s*\n/)
      .slice(-1);
    return {
      section:
        above
          .match(/^## (.+)$/gm)
          ?.at(-1)
          ?.slice(3) ?? "",
      language,
      path,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      file: paragraph
        .match(/`[\w./-]+\.(ts|md|json)`/g)
        ?.at(-1)
        ?.slice(1, -1),
    };
  });
}

/** Returns the blocks of the section of docs/sign-in.md in which a handler calls the provider's API. */
export function providerApiBlocks(page: string): PageBlock[] {
  return pageBlocks(page).filter(({ section }) => section === "Calling the provider's API");
}

/**
 * Applies a block to a project: a `diff` changes an existing file, any other block is the content of a new
 * one.
 *
 * @throws Error if the lines to change are not found or the new file exists
 */
export function applyBlock(root: string, { language, code, file }: PageBlock): void {
  if (file === undefined) throw new Error(`add a file's name to the paragraph above this block: ${code}`);
  const path = join(root, file);
  const isDiff = language === "diff";
  if (!isDiff && existsSync(path)) throw new Error(`${file} exists already, so only a diff can change it.`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, isDiff ? patched(readFileSync(path, "utf8"), code, file) : code);
}

/**
 * Returns a file after a diff whose hunks are separated by `@@`. The old lines of each must occur exactly
 * once.
 */
function patched(text: string, diff: string, file: string): string {
  return diff.split(/^@@\n/m).reduce((patchedSoFar, hunk) => {
    const lines = hunk.split(/(?<=\n)/);
    const side = (sign: string) =>
      lines.flatMap((line) => (line[0] === " " || line[0] === sign ? [line.slice(1)] : [])).join("");
    const parts = `\n${patchedSoFar}`.split(`\n${side("-")}`);
    if (parts.length !== 2) throw new Error(`${file} must contain these lines exactly once: ${side("-")}`);
    return parts.join(`\n${side("+")}`).slice(1);
  }, text);
}
