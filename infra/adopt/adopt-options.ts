import { parseArgs } from "node:util";
import { AdoptionError } from "./adoption-error.ts";

/** The options of `npm run adopt`. */
export interface AdoptOptions {
  /** The project's name for npm; undefined for a project that has one already. */
  readonly name?: string | undefined;
  /** The stack's name. Default: derived from the project's name. */
  readonly stack?: string | undefined;
  /** Keeps the workshop, and with it the demo, the examples and the library's source, which it tests. */
  readonly withWorkshop?: boolean;
  readonly withoutDemo?: boolean;
  readonly withoutExamples?: boolean;
  /** The version or the tarball of the package `lambda-sessions` that replaces the library's source. */
  readonly withPackage?: string | undefined;
}

/** The options of the command: those of the adoption, and those that say how to apply it. */
export interface CommandOptions extends AdoptOptions {
  readonly dryRun: boolean;
  readonly withoutGit: boolean;
}

const OPTIONS = {
  stack: { type: "string" },
  "with-workshop": { type: "boolean", default: false },
  "without-demo": { type: "boolean", default: false },
  "without-examples": { type: "boolean", default: false },
  "with-package": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  "without-git": { type: "boolean", default: false },
} as const;

/**
 * Reads the command line.
 *
 * @throws AdoptionError for an unknown option and for more than one name
 */
export function readAdoptOptions(args: readonly string[]): CommandOptions {
  const { values, positionals } = parse(args);
  const [name, ...more] = positionals;
  if (more.length > 0)
    throw new AdoptionError(`Give one name, not ${positionals.length}: ${positionals.join(", ")}.`);
  return {
    name,
    stack: values.stack,
    withWorkshop: values["with-workshop"],
    withoutDemo: values["without-demo"],
    withoutExamples: values["without-examples"],
    withPackage: values["with-package"],
    dryRun: values["dry-run"],
    withoutGit: values["without-git"],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [problem] = (error as Error).message.split(". ");
    throw new AdoptionError(
      `${problem}. The command takes NAME, --stack NAME, --with-workshop, --without-demo, --without-examples, --with-package VERSION-OR-TARBALL, --dry-run and --without-git.`,
    );
  }
}
