import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { commandEnvironment, type Outcome } from "../project-copy.ts";

/**
 * Dependencies of the tarball. None of them has dependencies, so npm installs links to them without the
 * registry.
 */
const DEPENDENCIES = ["@types/aws-lambda", "aws4", "cookie"];

/** Packages that the README's code and the entry points need beside the tarball. */
const TOOLS = [
  ...["@aws-sdk", "esbuild", "find-my-way", "jose", "openid-client", "tough-cookie", "vitest"],
  ...["@types/node", "undici-types"],
];

const COMPILER_OPTIONS = {
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  module: "nodenext",
  target: "es2023",
  lib: ["es2023"],
  types: ["node"],
  rewriteRelativeImportExtensions: true,
  outDir: "out",
};

const ENVIRONMENT = {
  ...commandEnvironment(),
  SESSION_SECRET_KEY: "a secret key of at least 32 bytes, for tests",
};

/** An empty project in a temporary folder into which a tarball of the library is installed. */
export class Consumer {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "consumer-")));

  constructor(tarball: string) {
    const links = DEPENDENCIES.map((name) => [name, `file:${installed(name)}`]);
    const dependencies = { "lambda-sessions": `file:${tarball}`, ...Object.fromEntries(links) };
    this.write("package.json", JSON.stringify({ private: true, type: "module", dependencies }));
    this.write("tsconfig.json", JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ["*.ts"] }));
    const { status, stderr } = this.run(
      "npm",
      "install",
      "--offline",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
    );
    if (status !== 0) throw new Error(`npm install: ${stderr}`);
    for (const name of TOOLS) this.#link(name);
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  /** Runs a command in the project. */
  run(command: string, ...args: readonly string[]): Outcome {
    return spawnSync(command, args, { cwd: this.root, encoding: "utf8", env: ENVIRONMENT });
  }

  /** Compiles the project to `out`, with the declarations of all packages. */
  compile(): Outcome {
    return this.run(process.execPath, join(installed("typescript"), "bin/tsc"));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #link(name: string): void {
    const path = join(this.root, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(installed(name), path, "junction");
  }
}

/** Returns the folder of a package that is installed in this project. */
function installed(name: string): string {
  return join(PROJECT_ROOT, "node_modules", name);
}
