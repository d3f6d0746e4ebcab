import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A block of code of a page. */
export interface PageBlock {
  /** The heading of the second level under which it stands. */
  readonly section: string;
  readonly language: string;
  readonly code: string;
  /** The last file that the paragraph above names. */
  readonly file: string | undefined;
}

/** The blocks of code of a page, in their order. A block in a list is taken as it were if it stood at the margin. */
export function pageBlocks(page: string): PageBlock[] {
  const blocks = [...page.matchAll(/^( *)```(\w+)\n(.*?)^\1```$/gms)];
  return blocks.map(({ index, 1: indent = "", 2: language = "", 3: code = "" }) => {
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
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      file: paragraph
        .match(/`[\w./-]+\.(ts|md|json)`/g)
        ?.at(-1)
        ?.slice(1, -1),
    };
  });
}

/**
 * Does to a project what a block says: a `diff` changes a file that is there, anything else is a new one.
 *
 * @throws Error when it does not find what it is to change, or finds what it is to make
 */
export function applyBlock(root: string, { language, code, file }: PageBlock): void {
  if (file === undefined) throw new Error(`no file is named above ${code}`);
  const path = join(root, file);
  const isDiff = language === "diff";
  if (!isDiff && existsSync(path)) throw new Error(`${file} is there already`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, isDiff ? patched(readFileSync(path, "utf8"), code, file) : code);
}

/** A text after a diff whose hunks have `@@` between them; each must find its place exactly once. */
function patched(text: string, diff: string, file: string): string {
  return diff.split(/^@@\n/m).reduce((patchedSoFar, hunk) => {
    const lines = hunk.split(/(?<=\n)/);
    const side = (sign: string) =>
      lines.flatMap((line) => (line[0] === " " || line[0] === sign ? [line.slice(1)] : [])).join("");
    const parts = `\n${patchedSoFar}`.split(`\n${side("-")}`);
    if (parts.length !== 2) throw new Error(`${file} should hold this once: ${side("-")}`);
    return parts.join(`\n${side("+")}`).slice(1);
  }, text);
}
