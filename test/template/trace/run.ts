import { spawnSync } from "node:child_process";
import { join } from "node:path";

// `npm run trace`: counts the functions of shared/ and functions/ that a warm request through withSession runs.
//   -- --sequence   prints each entry of a function too, under the name of its file
//   -- --json       prints the counts as JSON

/** Once in some twenty processes V8 drops a breakpoint. The trace notices that, and another process starts over. */
const TRIES = 4;

/** Functions are compiled at once. V8 drops breakpoints more often where it compiles a function again. */
const ARGUMENTS = ["--no-lazy", join(import.meta.dirname, "trace-requests.ts"), ...process.argv.slice(2)];

let status: number | null = 1;
for (let tried = 0; status !== 0 && tried < TRIES; tried++) {
  const { stdout, stderr, ...child } = spawnSync(process.execPath, ARGUMENTS, { encoding: "utf8" });
  status = child.status;
  if (status === 0) process.stdout.write(stdout);
  else if (tried === TRIES - 1) process.stderr.write(stderr);
}
process.exitCode = status ?? 1;
