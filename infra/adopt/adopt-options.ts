import { parseArgs } from "node:util";
import { AdoptionError } from "./adoption-error.ts";

/** What `npm run adopt` was asked for. */
export interface AdoptOptions {
  readonly name: string | undefined;
  readonly stack: string | undefined;
  readonly withoutDemo: boolean;
  readonly dryRun: boolean;
  readonly withoutGit: boolean;
}

const OPTIONS = {
  stack: { type: "string" },
  "without-demo": { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  "without-git": { type: "boolean", default: false },
} as const;

/**
 * Reads the command line.
 *
 * @throws AdoptionError with one sentence
 */
export function readAdoptOptions(args: readonly string[]): AdoptOptions {
  const { values, positionals } = parse(args);
  const [name, ...more] = positionals;
  if (more.length > 0)
    throw new AdoptionError(`A project has one name, and these are more: ${positionals.join(", ")}.`);
  return {
    name,
    stack: values.stack,
    withoutDemo: values["without-demo"],
    dryRun: values["dry-run"],
    withoutGit: values["without-git"],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new AdoptionError((error as Error).message);
  }
}
