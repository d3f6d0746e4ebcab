import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { LocalRunError } from "../local-run-error.ts";

/** Files of a project that configure the CDK's command line. */
const CONFIGURATION_FILES = ["cdk.json", "cdk.context.json"] as const;

/** Configuration of the CDK's command line, with the properties that are read. */
export interface CdkConfiguration {
  /** Shell command that runs the app. */
  readonly app?: string;
  /** Shell command that runs before the app. */
  readonly build?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * Reads the configuration of a project as the `cdk` command does: the context of `cdk.json` overrides that of
 * `cdk.context.json`, and both override that of `~/.cdk.json`
 * (https://docs.aws.amazon.com/cdk/v2/guide/context.html).
 *
 * @throws LocalRunError that names a file that cannot be read
 */
export async function readCdkConfiguration(root: string): Promise<CdkConfiguration> {
  const [user, project, lookups]: CdkConfiguration[] = await Promise.all([
    readIfExists(join(homedir(), ".cdk.json")),
    readJson(join(root, "cdk.json")),
    readIfExists(join(root, "cdk.context.json")),
  ]);
  return { ...user, ...project, context: { ...user?.context, ...lookups, ...project?.context } };
}

/**
 * Returns the files that a synthesis reads: `cdk.json`, `cdk.context.json`, and the CDK app with every module
 * of the project that it imports. esbuild finds them without running the app.
 *
 * @returns undefined if the app cannot be read, for example because of a syntax error
 */
export async function findAppSources(root: string): Promise<readonly string[] | undefined> {
  const configuration = CONFIGURATION_FILES.map((name) => join(root, name));
  try {
    const { app = "" } = await readCdkConfiguration(root);
    const entry = app.split(/\s+/).find((word) => /\.[cm]?[jt]s$/.test(word) && existsSync(join(root, word)));
    if (entry === undefined) return configuration;
    const { metafile } = await build({
      entryPoints: [entry],
      absWorkingDir: root,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    return [...configuration, ...Object.keys(metafile.inputs).map((path) => resolve(root, path))];
  } catch {
    return undefined;
  }
}

/**
 * Reads a file with JSON, which may begin with a byte order mark.
 *
 * @throws LocalRunError that names the file
 */
export async function readJson(file: string): Promise<object> {
  try {
    return JSON.parse((await readFile(file, "utf8")).replace(/^\uFEFF/, "")) as object;
  } catch (error) {
    throw new LocalRunError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function readIfExists(file: string): Promise<object> {
  return existsSync(file) ? readJson(file) : {};
}
