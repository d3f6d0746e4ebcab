import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { BUNDLING, toConditions } from "../../../infra/bundling.ts";

const HERE = import.meta.dirname;

/** The folder of the bundles. Git ignores it, and modules that cannot be bundled are found from there. */
const DIRECTORY = join(HERE, "node_modules", ".bundles");

/** A bundled function. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

/** The differences between a bundle and a deployed one of a stack without settings. */
export interface BundleOptions extends BuildOptions {
  /** The condition by which its modules are chosen. Default: none. */
  readonly condition?: string | undefined;
}

/** Bundles an entry (relative to this folder) with the deployment's options, except for the given ones. */
export async function bundle(entry: string, { condition, ...options }: BundleOptions = {}): Promise<Bundle> {
  mkdirSync(DIRECTORY, { recursive: true });
  const format = options.format === "cjs" ? "cjs" : "mjs";
  const name = [entry, condition ?? [], options.alias ? "unaliased" : []].flat().join("-");
  const outfile = join(DIRECTORY, `${name.replaceAll(/[./]+/g, "-")}.${format}`);
  await build({
    ...BUNDLING,
    conditions: toConditions(condition === undefined ? [] : [condition]),
    entryPoints: [join(HERE, entry)],
    outfile,
    absWorkingDir: HERE,
    logLevel: "error",
    ...options,
  });
  return { file: outfile, bytes: statSync(outfile).size };
}
