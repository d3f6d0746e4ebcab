/**
 * `npm run stack-trace -- functions/home.ts [CONDITION …] < TRACE`: prints a stack trace of a deployed
 * function with the lines of its sources. A commit gives the same bundle on every machine, so the source map
 * of a deployed bundle is made when it is needed. See docs/runbook.md.
 */
import { existsSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { build } from "esbuild";
import { bundlingOf, PROJECT_ROOT } from "./bundling.ts";
import { HEADER_TRANSPORT } from "./settings/session-transport.ts";
import { SETTINGS } from "./settings/settings.ts";

/** A frame of a stack trace in the file that Lambda runs, with the minified name of its function. */
const FRAME = /at (async )?(?:[^()\\\n"]+ \()?(?:file:\/\/)?\/var\/task\/index\.mjs:(\d+):(\d+)\)?/g;

/** A function as it is deployed, with its source map. */
export interface MappedBundle {
  readonly text: string;
  readonly map: SourceMap;
}

/**
 * Bundles a function as the deployment does.
 *
 * @param file source file of the function, relative to the root
 * @param conditions value of the setting `storage`, and `header-transport` with `sessionTransport`
 */
export async function bundleWithMap(
  file: string,
  conditions: readonly string[],
  root = PROJECT_ROOT,
): Promise<MappedBundle> {
  const { outputFiles } = await build({
    ...bundlingOf(conditions),
    absWorkingDir: root,
    entryPoints: [file],
    outfile: join(root, "index.mjs"),
    sourcemap: "external",
    write: false,
  });
  const [map, bundle] = outputFiles;
  return { text: bundle?.text ?? "", map: new SourceMap(JSON.parse(map?.text ?? "")) };
}

/**
 * Replaces the frames of a bundle in a stack trace, or in a log entry that contains one, by positions and
 * lines of the sources.
 *
 * @throws Error if the bundle is too short to be the one that the trace comes from
 */
export function toSourceTrace(trace: string, { text, map }: MappedBundle): string {
  const { sources, sourcesContent } = map.payload;
  const lines = text.split("\n");
  const toSource = (_: string, async = "", line: string, column: string) => {
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!lines[Number(line) - 1]?.[Number(column) - 1] || !("originalSource" in entry))
      throw new Error(`The bundle has no position ${line}:${column}. Check out the commit that is deployed.`);
    const { originalSource, originalLine, originalColumn } = entry;
    const content = sourcesContent[sources.indexOf(originalSource)] ?? "";
    const code = content.split("\n")[originalLine]?.trim() ?? "";
    return `at ${async}${originalSource}:${originalLine + 1}:${originalColumn + 1}\n        ${code}`;
  };
  return trace.replaceAll("\\n", "\n").replace(FRAME, toSource);
}

async function run([file = "", ...conditions]: readonly string[]): Promise<void> {
  if (!file.endsWith(".ts") || !existsSync(join(PROJECT_ROOT, file)))
    throw new Error("Name the function's file: npm run stack-trace -- functions/home.ts < trace.txt");
  const unknown = conditions.find((one) => one !== HEADER_TRANSPORT && !SETTINGS.storage.kind.includes(one));
  if (unknown !== undefined)
    throw new Error(
      `There is no condition ${unknown}. Name the value of the setting storage, such as dynamodb, and ${HEADER_TRANSPORT} with sessionTransport.`,
    );
  process.stdout.write(toSourceTrace(await readText(process.stdin), await bundleWithMap(file, conditions)));
}

if (import.meta.main)
  await run(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
