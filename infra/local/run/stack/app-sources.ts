import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";

/**
 * Returns the files that a synthesis reads: `cdk.json`, `cdk.context.json`, and the CDK app with every module
 * of the project that it imports. esbuild finds them without running the app.
 *
 * @returns undefined if the app cannot be read, for example because of a syntax error
 */
export async function findAppSources(root: string): Promise<readonly string[] | undefined> {
  const configuration = ["cdk.json", "cdk.context.json"].map((name) => join(root, name));
  try {
    const { app } = JSON.parse(await readFile(join(root, "cdk.json"), "utf8")) as { app: string };
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
