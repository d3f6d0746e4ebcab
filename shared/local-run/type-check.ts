import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { Output } from "./output.ts";

/**
 * Runs the project's TypeScript compiler after each save, in a process with the lowest priority, and prints
 * type errors with file and line. TypeScript 7's `--watch` would keep half a gigabyte of memory permanently
 * and only check for changes every few seconds. A new process reads the state of the previous one and frees
 * its memory.
 */
export class TypeCheck {
  readonly #root: string;
  readonly #output: Output;
  #child: ChildProcess | undefined;
  /** True if something was saved while the compiler was running. */
  #isOutdated = false;
  #closed = false;
  #printed = "";

  constructor(root: string, output: Output) {
    this.#root = root;
    this.#output = output;
  }

  /** Checks the types, again if a check is already running. Prints new results. */
  async check(): Promise<void> {
    this.#isOutdated = true;
    if (this.#child) return;
    while (this.#isOutdated && !this.#closed) {
      this.#isOutdated = false;
      const found = await this.#compile();
      if (!this.#isOutdated && !this.#closed) this.#print(found);
    }
  }

  /** Ends a running check. */
  close(): void {
    this.#closed = true;
    this.#child?.kill("SIGKILL");
  }

  async #compile(): Promise<string> {
    const compiler = this.#findCompiler();
    if (compiler === undefined)
      return "Types are not checked, because TypeScript is not installed. Run npm ci to install it, or npm start -- --no-types to work without.";
    const state = join(this.#root, ".local/types.tsbuildinfo");
    const options = ["--noEmit", "--pretty", "false", "--incremental", "--tsBuildInfoFile", state];
    const child = spawn(process.execPath, [compiler, ...options], {
      cwd: this.#root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    lowerPriority(child);
    const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    this.#child = undefined;
    return code === 0 ? "" : output + errors;
  }

  /** Returns the path of the compiler, which TypeScript's package does not export. */
  #findCompiler(): string | undefined {
    try {
      const manifest = createRequire(join(this.#root, "package.json")).resolve("typescript/package.json");
      return join(dirname(manifest), "bin/tsc");
    } catch {
      return undefined;
    }
  }

  #print(found: string): void {
    if (found === this.#printed) return;
    const errors = [...found.matchAll(/^(\S.*)\((\d+),(\d+)\): error (TS\d+: .*)$/gm)];
    if (errors.length > 0)
      this.#output.printTypeErrors(
        errors.map(([, file, line, column, error]) => `${file}:${line}:${column} ${error}`),
      );
    else if (found !== "") this.#output.printNote(found.trim());
    else this.#output.printNote("All type errors are solved.");
    this.#printed = found;
  }
}

/** Gives a process the lowest priority. */
function lowerPriority(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  } catch {}
}
