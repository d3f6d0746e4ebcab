import { spawnSync } from "node:child_process";
import { join } from "node:path";

// `npm run trace`: counts the functions of shared/ and functions/ that a warm withSession request calls.
//   -- --sequence   also prints each call of a function, under the name of its file
//   -- --json       prints the counts as JSON

/**
 * The number of attempts: in about one of twenty processes V8 drops a breakpoint, which the trace detects.
 */
const TRIES = 4;

/**
 * Makes V8 compile functions at once, because it drops breakpoints more often when it compiles a function
 * again.
 */
const ARGUMENTS = ["--no-lazy", join(import.meta.dirname, "trace-requests.ts"), ...process.argv.slice(2)];

let status: number | null = 1;
for (let tried = 0; status !== 0 && tried < TRIES; tried++) {
  const { stdout, stderr, ...child } = spawnSync(process.execPath, ARGUMENTS, { encoding: "utf8" });
  status = child.status;
  if (status === 0) process.stdout.write(stdout);
  else if (tried === TRIES - 1) process.stderr.write(stderr);
}
process.exitCode = status ?? 1;
