import { join } from "node:path";
import { parseArgs } from "node:util";
import { CallRecorder, type TracedFunction } from "./call-recorder.ts";
import { STORAGES, USES, visitorOf } from "./requests.ts";

// The process that run.ts starts: it traces the requests and prints the output of `npm run trace`.

const { values: options } = parseArgs({
  options: { sequence: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});

const recorder = new CallRecorder(join(import.meta.dirname, "../../.."));
await recorder.start();

const visitors = await Promise.all(
  STORAGES.map(async (storage) => ({ storage, visitor: await visitorOf(storage) })),
);
for (const { visitor } of visitors) {
  await visitor.send("change");
  for (const use of USES) await visitor.send(use);
}
await recorder.mark();

const traces = [];
for (const { storage, visitor } of visitors)
  for (const use of USES)
    traces.push({ storage, use, entries: await recorder.record(() => visitor.send(use)) });

if (options.json) {
  console.log(
    JSON.stringify(traces.map(({ storage, use, entries }) => ({ storage, use, ...count(entries) }))),
  );
} else {
  console.log("| request | functions | files | changes of file | entries |\n|---|--:|--:|--:|--:|");
  for (const { storage, use, entries } of traces) {
    const { functions, files, changes } = count(entries);
    console.log(`| ${storage}: ${use} | ${functions} | ${files} | ${changes} | ${entries.length} |`);
  }
}
if (options.sequence)
  for (const { storage, use, entries } of traces)
    console.log(`\n## ${storage}: ${use}\n${sequence(entries)}`);

/** Counts entries. A change of file is an entry into a function of another file than the previous entry. */
function count(entries: readonly TracedFunction[]) {
  return {
    functions: new Set(entries).size,
    files: new Set(entries.map(({ file }) => file)).size,
    changes: entries.filter((_, index) => changesFile(entries, index)).length,
    entries: entries.length,
  };
}

function changesFile(entries: readonly TracedFunction[], index: number): boolean {
  return index > 0 && entries[index - 1]?.file !== entries[index]?.file;
}

function sequence(entries: readonly TracedFunction[]): string {
  return entries
    .map(({ file, name, line }, index) => {
      const head = index === 0 || changesFile(entries, index) ? `${file}\n` : "";
      return `${head}  ${name || "(arrow function)"}:${line}`;
    })
    .join("\n");
}
