import { rmSync, symlinkSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProjectCopy } from "../project-copy.ts";
import type { Step } from "./steps.ts";

/** A copy of this project that grows by the changes of the steps. */
export class GrowingProject extends ProjectCopy {
  constructor() {
    super();
    this.linkPackages();
    const hono = join(import.meta.dirname, "node_modules/hono");
    symlinkSync(hono, join(this.root, "node_modules/hono"), "junction");
  }

  /** Makes the changes of a step. */
  async take({ files = {}, edits = [], removed = [] }: Step): Promise<void> {
    for (const path of removed) rmSync(join(this.root, path), { recursive: true });
    for (const [path, text] of Object.entries(files)) await this.#write(path, text);
    for (const [path, before, after] of edits) await this.#replace(path, before, after);
  }

  /**
   * Runs a script of package.json.
   *
   * @throws Error with the script's output if it fails
   */
  npmRun(script: string): void {
    const { status, stdout, stderr } = this.run("npm", "run", script);
    if (status !== 0)
      throw new Error(`npm run ${script} failed:\n${stdout.slice(-8000)}${stderr.slice(-4000)}`);
  }

  async #write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await writeFile(join(this.root, path), text);
  }

  async #replace(path: string, before: string | RegExp, after: string): Promise<void> {
    const text = await readFile(join(this.root, path), "utf8");
    const changed = text.replace(before, after);
    if (changed === text) throw new Error(`${path} does not contain ${before}`);
    await this.#write(path, changed);
  }
}
