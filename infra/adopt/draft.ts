import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AdoptionError } from "./adoption-error.ts";

/** A change of a file, or of a folder with all that is in it. */
export interface Change {
  /** Relative to the project's root. */
  readonly path: string;
  readonly kind: "changed" | "removed";
}

/**
 * Changes of a project that are prepared in memory and made all together: when one of them does not find what it is to
 * change, none is made. Paths are relative to the project's root.
 */
export class Draft {
  readonly #root: string;
  readonly #texts = new Map<string, string>();
  readonly #removed = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Whether there is a file, or a folder. */
  has(path: string): boolean {
    return existsSync(join(this.#root, path));
  }

  /** The text of a file, as changed so far. */
  read(path: string): string {
    return this.#texts.get(path) ?? readFileSync(this.#there(path), "utf8");
  }

  write(path: string, text: string): void {
    this.#texts.set(path, text);
  }

  /** Puts a text in the place of another one, or of what a pattern without groups finds; it must be there exactly once. */
  replace(path: string, text: string | RegExp, replacement: string): void {
    const [before, after, ...more] = this.read(path).split(text);
    if (before === undefined || after === undefined || more.length > 0)
      throw new AdoptionError(
        `${path} should hold this exactly once, and does not: ${JSON.stringify(String(text))}.`,
      );
    this.write(path, before + replacement + after);
  }

  /** Takes out the one line that reads so; white space around it does not matter. */
  removeLine(path: string, line: string): void {
    const lines = this.read(path).split("\n");
    const kept = lines.filter((other) => other.trim() !== line);
    if (kept.length !== lines.length - 1)
      throw new AdoptionError(`${path} should have this line exactly once, and does not: ${line}`);
    this.write(path, kept.join("\n"));
  }

  /** Changes a file of JSON, whose keys keep their order. */
  editJson<T>(path: string, edit: (value: T) => void): void {
    const value = JSON.parse(this.read(path));
    edit(value);
    this.write(path, `${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** Takes away a file, or a folder with all that is in it. */
  remove(path: string): void {
    this.#there(path);
    this.#removed.add(path);
  }

  /** What there is to do, in the order of the paths. */
  get changes(): readonly Change[] {
    const changed = this.#kept.map(([path]): Change => ({ path, kind: "changed" }));
    const removed = [...this.#removed].map((path): Change => ({ path, kind: "removed" }));
    return [...changed, ...removed].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** Does it. */
  apply(): void {
    for (const [path, text] of this.#kept) writeFileSync(join(this.#root, path), text);
    for (const path of this.#removed) rmSync(join(this.#root, path), { recursive: true });
  }

  /** The texts of files that stay. */
  get #kept(): [path: string, text: string][] {
    const goes = (path: string) => this.#removed.values().some((one) => `${path}/`.startsWith(`${one}/`));
    return [...this.#texts].filter(([path]) => !goes(path));
  }

  #there(path: string): string {
    if (!this.has(path)) throw new AdoptionError(`There is no ${path}, which was to be changed or removed.`);
    return join(this.#root, path);
  }
}
