import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join, relative, sep } from "node:path";
import { isIgnored } from "../../infra/adopt/draft.ts";
import { PROJECT_ROOT } from "../../infra/bundling.ts";

/**
 * Environment variables of the test run that a command in a copy must not see. Those of npm that name the
 * registry, and the way to it, are kept.
 */
const NOT_FOR_COMMANDS =
  /^(npm_(?!config_(fetch_.*|registry|userconfig|cafile|strict_ssl)$)|INIT_CWD$|VITE|TEST$|NODE_ENV$|NODE_OPTIONS$|FORCE_COLOR$|SESSION_|GIT_|PROOFS$|SEED$)/i;

/** The result of a command in a copy. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of this project in a temporary folder, for tests that change it as its next owner would. */
export class ProjectCopy {
  readonly root: string;

  constructor() {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "adopt-")));
    const filter = (source: string) => !isIgnored(basename(source));
    cpSync(PROJECT_ROOT, this.root, { recursive: true, filter });
  }

  /**
   * Links the packages that are installed in this project, so that the copy needs no installation.
   * `lambda-sessions` is the copy's own source, if the copy still has it.
   */
  linkPackages(): void {
    const [installed, linked] = [join(PROJECT_ROOT, "node_modules"), join(this.root, "node_modules")];
    const source = join(this.root, "shared");
    mkdirSync(linked);
    for (const name of readdirSync(installed))
      symlinkSync(
        name === "lambda-sessions" && existsSync(source) ? source : join(installed, name),
        join(linked, name),
        "junction",
      );
  }

  /** Creates a git repository and commits everything. */
  commitAll(): void {
    this.#git("init", "--quiet", "--initial-branch=main");
    this.#git("add", "--all");
    this.#git("commit", "--quiet", "--message=All");
  }

  /** The paths of all files that git does not ignore, relative to the root. */
  get files(): readonly string[] {
    const entries = readdirSync(this.root, { recursive: true, withFileTypes: true });
    const paths = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
    const own = paths.map((path) => relative(this.root, path).replaceAll(sep, "/"));
    return own.filter((path) => !path.split("/").some(isIgnored)).sort();
  }

  /** The contents of all files, by path. */
  texts(): Record<string, string> {
    return Object.fromEntries(this.files.map((path) => [path, this.read(path)]));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** Runs a command and waits until it has ended. */
  run(command: string, ...args: readonly string[]): Outcome {
    return spawnSync(command, args, { cwd: this.root, encoding: "utf8", env: commandEnvironment() });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #git(...args: readonly string[]): void {
    const { status, stderr } = this.run("git", ...args);
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  }
}

/** Returns the environment for commands in a copy: this one without the variables of npm and vitest. */
export function commandEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_FOR_COMMANDS.test(name));
  const environment = Object.fromEntries(kept);
  const path = (environment.PATH ?? "").split(delimiter);
  return {
    ...environment,
    PATH: path.filter((folder) => !folder.includes("node_modules")).join(delimiter),
    // npm packs the library by a script, which the developer's configuration may forbid.
    npm_config_ignore_scripts: "false",
    ...{ GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    ...{ GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com" },
    ...{ GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.com" },
  };
}

/** Availability of git. Tests that need it are skipped without it. */
export const HAS_GIT: boolean = spawnSync("git", ["--version"]).status === 0;
