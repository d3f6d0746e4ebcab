import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { BUNDLING } from "../../infra/bundling.ts";

const HERE = import.meta.dirname;

/** Bundles are ignored by git there, and find what cannot be bundled. */
const DIRECTORY = join(HERE, "node_modules", ".bundles");

/** What esbuild made of one function. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

/** Bundles an entry (relative to this folder) with the options of the deployment, but for those given. */
export async function bundle(entry: string, options: BuildOptions = {}): Promise<Bundle> {
  mkdirSync(DIRECTORY, { recursive: true });
  const format = options.format === "cjs" ? "cjs" : "mjs";
  const outfile = join(DIRECTORY, `${entry.replaceAll(/[./]+/g, "-")}.${format}`);
  await build({
    ...BUNDLING,
    entryPoints: [join(HERE, entry)],
    outfile,
    absWorkingDir: HERE,
    logLevel: "error",
    ...options,
  });
  return { file: outfile, bytes: statSync(outfile).size };
}
