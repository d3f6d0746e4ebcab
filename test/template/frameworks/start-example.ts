import { spawn } from "node:child_process";
import { once } from "node:events";
import { isRunning, killAtExit } from "../../support/child-process.ts";
import { readPrintedAddress } from "../printed-address.ts";
import { commandEnvironment } from "../project-copy.ts";
import { ExampleProject } from "./example-project.ts";
import { readPageExample } from "./page-example.ts";

/** Options of an example. Everything is optional. */
export interface ExampleOptions {
  /** The files of the page that are needed, without `infra/routes.ts`. Default: all. */
  readonly files?: readonly string[];
  /** Settings of the stack, as with `npm start -- -c NAME=VALUE`. */
  readonly context?: Readonly<Record<string, string>>;
  /** Further variables for the local run, or for a program. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running program of an example. */
export interface RunningProgram {
  /** The first address on this machine that it has printed, such as `http://localhost:3000`. */
  readonly url: string;
  /** Everything that it has printed so far. */
  readonly output: string;
  close(): Promise<void>;
}

/** An example of a page, in a copy of the project whose local run serves it. */
export interface RunningExample extends RunningProgram {
  readonly project: ExampleProject;
}

/**
 * Follows a page of `shared/docs` in a copy of this project: writes its files, adds its routes, links the
 * packages that it installs, and checks style and types. Remove the project when the test has ended.
 *
 * @param page such as `web.md`
 * @throws Error if the page or its example is wrong
 */
export function followPage(page: string, { files }: ExampleOptions = {}): ExampleProject {
  const project = new ExampleProject(readPageExample(page, files));
  try {
    project.check();
    return project;
  } catch (error) {
    project.remove();
    throw error;
  }
}

/** Follows a page, and starts the local run of the copy on a free port. `close` also removes the copy. */
export async function startExample(page: string, options: ExampleOptions = {}): Promise<RunningExample> {
  const project = followPage(page, options);
  const settings = Object.entries(options.context ?? {}).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const args = ["infra/local/start.cjs", "--no-types", ...settings];
  const local = await startProgram(project, args, options.environment).catch((error: unknown) => {
    project.remove();
    throw error;
  });
  return {
    project,
    url: local.url,
    get output() {
      return local.output;
    },
    async close() {
      await local.close();
      project.remove();
    },
  };
}

/**
 * Runs a program in an example's project with Node, and waits until it prints its address. `PORT` is 0.
 *
 * @param args such as `["server.ts"]`
 * @throws Error with its output if it ends before, or prints none in two minutes
 */
export async function startProgram(
  { root }: ExampleProject,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const env = { ...commandEnvironment(), PORT: "0", ...environment };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  killAtExit(child);
  const printed = readPrintedAddress(child);
  const url = await printed.url;
  const close = async () => {
    if (!isRunning(child)) return;
    const closed = once(child, "close");
    child.kill("SIGINT");
    await closed;
  };
  return {
    url,
    close,
    get output() {
      return printed.output;
    },
  };
}
