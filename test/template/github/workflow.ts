import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

/** A step of a job. */
export interface Step {
  readonly uses?: string;
  readonly id?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A job of a workflow, with the properties that these tests read. */
export interface Job {
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly strategy?: { readonly matrix: { readonly command?: readonly string[] } };
  readonly if?: string;
  readonly needs?: string;
  readonly concurrency?: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string | { readonly name: string };
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

/** A workflow of GitHub Actions. */
export interface Workflow {
  /** The name of the file. */
  readonly file: string;
  readonly text: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The workflows of `.github/workflows`. */
export const WORKFLOWS: readonly Workflow[] = readWorkflows();

function readWorkflows(): Workflow[] {
  const folder = join(PROJECT_ROOT, ".github/workflows");
  return globSync("*.{yml,yaml}", { cwd: folder }).map((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return { file, text, ...(parse(text) as Omit<Workflow, "file" | "text">) };
  });
}

/** Returns the scripts of a workflow's steps that have the environment variable. */
export function scriptsWith(file: string, variable: string): string[] {
  const jobs = Object.values(WORKFLOWS.find((workflow) => workflow.file === file)?.jobs ?? {});
  const steps = jobs.flatMap((job) => job.steps ?? []).filter(({ env = {} }) => variable in env);
  return steps.map(({ run = "" }) => run);
}
