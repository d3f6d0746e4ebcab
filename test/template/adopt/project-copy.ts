import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join, relative, sep } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

/** What git ignores, and git's own folder, wherever they are. */
const IGNORED = [".git", "node_modules", "cdk.out", ".local", ".venv", "coverage"];

/** Variables of the one who runs these tests that a command in a copy must not see. */
const NOT_FOR_COMMANDS = /^(npm_|INIT_CWD$|VITE|TEST$|NODE_ENV$|NODE_OPTIONS$|SESSION_|GIT_)/i;

/** What a command in a copy came to. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** This project once more, in a folder of its own, to be changed as its next owner would. */
export class ProjectCopy {
  readonly root: string;

  constructor() {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "adopt-")));
    const filter = (source: string) => !IGNORED.includes(basename(source));
    cpSync(PROJECT_ROOT, this.root, { recursive: true, filter });
  }

  /** Takes the packages that are installed here, so that nothing is installed there. */
  linkPackages(): void {
    symlinkSync(join(PROJECT_ROOT, "node_modules"), join(this.root, "node_modules"), "junction");
  }

  /** Puts all that is there under git. */
  commitAll(): void {
    this.#git("init", "--quiet", "--initial-branch=main");
    // A link to a folder is no folder to .gitignore.
    writeFileSync(join(this.root, ".git/info/exclude"), "node_modules\n");
    this.#git("add", "--all");
    this.#git("commit", "--quiet", "--message=All");
  }

  /** All files, relative to the root, without what git ignores. */
  get files(): readonly string[] {
    const entries = readdirSync(this.root, { recursive: true, withFileTypes: true });
    const paths = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
    const own = paths.map((path) => relative(this.root, path).replaceAll(sep, "/"));
    return own.filter((path) => !path.split("/").some((part) => IGNORED.includes(part))).sort();
  }

  /** All of them with their texts. */
  texts(): Record<string, string> {
    return Object.fromEntries(this.files.map((path) => [path, this.read(path)]));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** Runs a command to its end. */
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

/** The environment for commands in a copy: without the settings of npm and vitest, which are those of this project. */
export function commandEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_FOR_COMMANDS.test(name));
  const environment = Object.fromEntries(kept);
  const path = (environment.PATH ?? "").split(delimiter);
  return {
    ...environment,
    PATH: path.filter((folder) => !folder.includes("node_modules")).join(delimiter),
    GIT_CONFIG_GLOBAL: "/dev/null",
    ...{ GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com" },
    ...{ GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.com" },
  };
}

/** Whether git can be called. Tests about it are left out where it cannot. */
export const HAS_GIT: boolean = spawnSync("git", ["--version"]).status === 0;
