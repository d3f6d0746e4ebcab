import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { median } from "./measure.ts";

/** A bundle with the event for its handler and a check of its result. */
export interface Start {
  readonly file: string;
  readonly event: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  /** @throws AssertionError when the result is not correct */
  readonly check: (answer: unknown) => void;
}

/** Milliseconds inside a fresh process. */
export interface StartTimes {
  readonly load: number;
  readonly firstCall: number;
  readonly total: number;
}

/**
 * The clock: `wall` measures elapsed time, `cpu` the process's CPU time, which depends less on other
 * processes.
 */
export type StartClock = "wall" | "cpu";

/** Returns the medians over several fresh processes of each bundle, which take turns. */
export async function startTimes(
  starts: readonly Start[],
  processes: number,
  clock: StartClock = "wall",
): Promise<StartTimes[]> {
  const runs: StartTimes[][] = starts.map(() => []);
  for (let round = 0; round < processes; round++)
    for (const [index, start] of starts.entries()) runs[index]?.push(await run(start, clock));
  return runs.map((times) => ({
    load: median(times.map(({ load }) => load)),
    firstCall: median(times.map(({ firstCall }) => firstCall)),
    total: median(times.map(({ total }) => total)),
  }));
}

/** The script of the process. It measures inside the process, so that Node's own start is not counted. */
const SCRIPT = `
const [file, event, clock] = process.argv.slice(1);
const microseconds = ({ user, system }) => user + system;
const now = clock === "cpu" ? () => microseconds(process.cpuUsage()) / 1000 : () => performance.now();
const parsed = JSON.parse(event);
(async () => {
  const start = now();
  const { handler } = file.endsWith(".cjs") ? require(file) : await import(file);
  const loaded = now();
  const answer = await handler(parsed);
  const end = now();
  console.log(JSON.stringify({ load: loaded - start, firstCall: end - loaded, total: end - start, answer }));
  process.exit();
})();`;

async function run(start: Start, clock: StartClock): Promise<StartTimes> {
  const { file, event, environment = {}, check } = start;
  const options = { env: { PATH: process.env.PATH ?? "", ...environment } };
  const argv = ["--input-type=commonjs", "-e", SCRIPT, file, JSON.stringify(event), clock];
  const { stdout } = await promisify(execFile)(process.execPath, argv, options).catch(({ stderr }) => {
    throw new Error(`the process of ${file} failed: ${stderr.slice(-1000)}`);
  });
  // The result is in the last line, after the lines that the function logs.
  const { answer, ...times } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  check(answer);
  return times;
}
