import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AdoptionError } from "./adoption-error.ts";

/** A change of a file, or the removal of a file or of a folder with everything in it. */
export interface Change {
  /** Relative to the project's root. */
  readonly path: string;
  readonly kind: "changed" | "removed";
}

const IGNORED: readonly string[] = [
  ".git",
  "node_modules",
  "cdk.out",
  "dist",
  ".local",
  ".venv",
  "coverage",
  "package.workspace.json",
  ".env.local",
];

/**
 * Returns whether a name is one that git ignores in any folder, or git's own. A tarball is not, because a
 * project may commit that of the library.
 */
export function isIgnored(name: string): boolean {
  return IGNORED.includes(name) || name.endsWith(".log");
}

/**
 * Changes of a project that are prepared in memory and applied together: if one of them fails, none is
 * applied. Paths are relative to the project's root, with slashes.
 */
export class Draft {
  readonly #root: string;
  readonly #found: readonly string[];
  readonly #texts = new Map<string, string>();
  readonly #removed = new Set<string>();

  constructor(root: string) {
    this.#root = root;
    this.#found = filesIn(root).sort();
  }

  /** All files that the project has after the changes. */
  get files(): readonly string[] {
    return this.#found.filter((path) => !this.isRemoved(path));
  }

  /** Returns whether a file or folder exists after the changes. */
  has(path: string): boolean {
    return existsSync(join(this.#root, path)) && !this.isRemoved(path);
  }

  /** Returns whether these changes remove a file or folder, or one that contains it. */
  isRemoved(path: string): boolean {
    return this.#removed.values().some((removed) => `${path}/`.startsWith(`${removed}/`));
  }

  /**
   * Returns the text of a file as changed so far.
   *
   * @throws AdoptionError for a file with Windows line endings, whose text no change would find
   */
  read(path: string): string {
    const text = this.#texts.get(path) ?? readFileSync(this.#existing(path), "utf8");
    if (text.includes("\r\n"))
      throw new AdoptionError(
        `${path} has Windows line endings. Check the files out again, as .gitattributes says: git rm -rq --cached . && git reset --hard`,
      );
    return text;
  }

  /** Sets the text of a file. */
  write(path: string, text: string): void {
    if (!this.#found.includes(path) || text !== this.read(path)) this.#texts.set(path, text);
  }

  /** Replaces a string that the file must contain exactly once. */
  replace(path: string, text: string, replacement: string): void {
    const [before, after, ...more] = this.read(path).split(text);
    if (before === undefined || after === undefined || more.length > 0)
      throw new AdoptionError(`${path} must contain ${JSON.stringify(text)} exactly once. Restore it first.`);
    this.write(path, before + replacement + after);
  }

  /** Removes the lines that match. */
  removeLines(path: string, matches: (line: string) => boolean): void {
    const lines = this.read(path).split("\n");
    this.write(path, lines.filter((line) => !matches(line)).join("\n"));
  }

  /** Edits a JSON file, whose keys keep their order. */
  editJson<T>(path: string, edit: (value: T) => void): void {
    const value = JSON.parse(this.read(path));
    edit(value);
    this.write(path, `${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** Returns the files whose paths match a pattern, in which `*` stands for any name or part of one. */
  matching(pattern: string): readonly string[] {
    const parts = pattern.split("*").map((part) => part.replace(/[.]/g, "\\."));
    return this.files.filter((path) => new RegExp(`^${parts.join("[^/]*")}$`).test(path));
  }

  /** Removes a file, or a folder with everything in it. */
  remove(path: string): void {
    if (this.isRemoved(path)) return;
    this.#existing(path);
    this.#removed.add(path);
  }

  /** The changes, in the order of their paths. */
  get changes(): readonly Change[] {
    const changed = this.#kept.map(([path]): Change => ({ path, kind: "changed" }));
    const outer = [...this.#removed].filter((path) => !this.isRemoved(dirname(path)));
    const removed = outer.map((path): Change => ({ path, kind: "removed" }));
    return [...changed, ...removed].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** Applies the changes. */
  apply(): void {
    for (const [path, text] of this.#kept) {
      mkdirSync(dirname(join(this.#root, path)), { recursive: true });
      writeFileSync(join(this.#root, path), text);
    }
    for (const { path, kind } of this.changes)
      if (kind === "removed") rmSync(join(this.#root, path), { recursive: true });
  }

  get #kept(): [path: string, text: string][] {
    return [...this.#texts].filter(([path]) => !this.isRemoved(path));
  }

  #existing(path: string): string {
    if (!existsSync(join(this.#root, path)))
      throw new AdoptionError(`${path} does not exist, but is to be changed or removed. Restore it first.`);
    return join(this.#root, path);
  }
}

function filesIn(root: string, folder = ""): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (isIgnored(entry.name)) return [];
    if (entry.isDirectory()) return filesIn(root, path);
    return entry.isFile() ? [path] : [];
  });
}
