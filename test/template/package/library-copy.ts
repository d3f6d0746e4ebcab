import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, ProjectCopy } from "../project-copy.ts";

/** The name of the tarball that npm writes. */
export const TARBALL = "lambda-sessions-0.1.0.tgz";

/**
 * A copy of this project whose library is packed. Packing replaces the manifest for a moment, which other
 * tests must not see.
 */
export class LibraryCopy extends ProjectCopy {
  constructor() {
    super();
    this.linkPackages();
  }

  /** The path of the tarball. */
  get tarball(): string {
    return join(this.root, TARBALL);
  }

  /** The files of the tarball, in alphabetical order and without the folder `package`. */
  get tarballFiles(): readonly string[] {
    const { stdout } = this.run("tar", "-tzf", this.tarball);
    return stdout
      .trim()
      .split("\n")
      .map((path) => path.replace("package/", ""))
      .sort();
  }

  /** Returns the text of a file of the tarball. */
  tarballText(path: string): string {
    return this.run("tar", "-xzOf", this.tarball, `package/${path}`).stdout;
  }

  /** Runs `npm pack -w lambda-sessions`. */
  pack(...options: readonly string[]): Outcome {
    return this.run("npm", "pack", "--workspace", "lambda-sessions", ...options);
  }

  /** Returns whether packing has left files in the workspace. */
  get hasRemains(): boolean {
    return ["dist", "package.workspace.json", "package.json.new"].some((name) =>
      existsSync(join(this.root, "shared", name)),
    );
  }
}
