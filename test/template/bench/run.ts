import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

// `npm run bench`: measures the session layer and its peers, and prints the tables as Markdown.
//   -- --quick          makes a few calls of each, which only checks that everything works
//   -- --rows=read,load measures only these rows, by their names in test/template/bench/rows/index.ts

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, rows: { type: "string" } },
});

installPeers();
const { CONTESTANTS, COMPRESSING } = await import("./contestants/index.ts");
const { check } = await import("./check.ts");
const { checkOnTable } = await import("./dynamodb/check.ts");
const { startEndpoint } = await import("./dynamodb/endpoint.ts");
const { TABLE_CONTESTANTS } = await import("./dynamodb/index.ts");
const { FULL, QUICK } = await import("./measure.ts");
const { toMarkdown } = await import("./table.ts");
const { ROWS } = await import("./rows/index.ts");

const names = options.rows?.split(",") ?? Object.keys(ROWS);
const unknown = names.filter((name) => !Object.hasOwn(ROWS, name));
if (unknown.length > 0) {
  console.error(
    `--rows: there is no row ${unknown.join(", ")}. Choose from ${Object.keys(ROWS).join(", ")}.`,
  );
  process.exit(1);
}

for (const contestant of [...CONTESTANTS, ...COMPRESSING]) await check(contestant);
await checkTableContestants();
console.error("All contestants read, count and refuse correctly. Measuring; a full run takes some minutes.");
console.log(headline());
for (const name of names)
  console.log(toMarkdown((await ROWS[name]?.(options.quick ? QUICK : FULL)) as never));

/** Installs the peers into a package of their own, so that a fork's install stays small. */
function installPeers(): void {
  if (existsSync(join(import.meta.dirname, "node_modules", ".package-lock.json"))) return;
  console.error("Installing the peers into test/template/bench/node_modules …");
  const argv = ["ci", "--prefix", import.meta.dirname, "--no-audit", "--no-fund"];
  const { status } = spawnSync("npm", argv, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

async function checkTableContestants(): Promise<void> {
  await using _ = await startEndpoint();
  for (const make of TABLE_CONTESTANTS) await checkOnTable(make());
}

function headline(): string {
  const date = new Date().toISOString().slice(0, 10);
  const [cpu] = cpus();
  return [
    `## Benchmark, ${date}${options.quick ? " (quick: the numbers mean nothing)" : ""}`,
    "",
    `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model}. CPU time per`,
    "request unless said otherwise, medians of interleaved batches, with the ratio to the first row. S, M and L are",
    "100, 1000 and 2750 bytes of JSON; nested means that it has objects five levels deep.",
    "",
  ].join("\n");
}
