import { spawnSync } from "node:child_process";
import { join } from "node:path";

// `npm run trace`: counts the functions of shared/ and functions/ that a warm withSession request calls.
//   -- --sequence   also prints each call of a function, under the name of its file
//   -- --json       prints the counts as JSON

/** The number of attempts: on a busy machine V8 sometimes drops a breakpoint, which the trace detects. */
const TRIES = 8;

/**
 * Makes V8 compile each function at once and only once, because it drops breakpoints when it compiles one
 * again.
 */
const COMPILE_ONCE = ["--no-lazy", "--no-flush-bytecode", "--no-sparkplug", "--no-maglev", "--no-opt"];

const ARGUMENTS = [...COMPILE_ONCE, join(import.meta.dirname, "trace-requests.ts"), ...process.argv.slice(2)];

let status: number | null = 1;
for (let tried = 0; status !== 0 && tried < TRIES; tried++) {
  const { stdout, stderr, ...child } = spawnSync(process.execPath, ARGUMENTS, { encoding: "utf8" });
  status = child.status;
  if (status === 0) process.stdout.write(stdout);
  else if (tried === TRIES - 1) process.stderr.write(stderr);
}
process.exitCode = status ?? 1;
