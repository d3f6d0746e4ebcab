/** A task to measure. A promise is awaited before the next call. */
export interface Task {
  readonly name: string;
  readonly run: () => unknown;
}

/** The duration of a measurement. `QUICK` only checks that everything works. */
export interface Effort {
  /** Number of batches of each task. */
  readonly rounds: number;
  /** Milliseconds that a batch should take. */
  readonly batch: number;
  /** Milliseconds that each task runs before it is measured. */
  readonly warmUp: number;
  /** Number of fresh processes of each bundle. */
  readonly processes: number;
}

export const FULL: Effort = { rounds: 41, batch: 12, warmUp: 400, processes: 15 };
export const QUICK: Effort = { rounds: 3, batch: 1, warmUp: 2, processes: 3 };

/**
 * Returns the CPU time of one call of each task, in microseconds: the median of many short batches.
 *
 * The batches of all tasks take turns, so that other load on the machine affects all equally. CPU time counts
 * every thread of the process, because WebCrypto uses other threads.
 */
export async function measure(tasks: readonly Task[], effort: Effort): Promise<number[]> {
  const batches: Batch[] = [];
  for (const task of tasks) batches.push(await prepare(task, effort));
  for (let round = 0; round < effort.rounds; round++) {
    for (const index of batches.keys()) {
      const batch = batches[(index + round) % batches.length] as Batch;
      batch.times.push(await timeOf(batch));
    }
  }
  return batches.map(({ times }) => median(times));
}

/** Returns the median. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

interface Batch {
  readonly run: () => unknown;
  readonly isAsync: boolean;
  calls: number;
  readonly times: number[];
}

/** Runs the task until it is compiled, and determines the number of calls in a batch. */
async function prepare({ run }: Task, { batch, warmUp }: Effort): Promise<Batch> {
  const prepared: Batch = { run, isAsync: run() instanceof Promise, calls: 1, times: [] };
  const end = performance.now() + warmUp;
  while (performance.now() < end) {
    await timeOf(prepared);
    prepared.calls = Math.min(prepared.calls * 2, 1024);
  }
  const microseconds = await timeOf(prepared);
  prepared.calls = Math.max(1, Math.round((batch * 1000) / Math.max(microseconds, 0.01)));
  return prepared;
}

/** Keeps results reachable, so that no work is optimized away. */
let sink: unknown;

async function timeOf({ run, isAsync, calls }: Batch): Promise<number> {
  const before = process.cpuUsage();
  if (isAsync) for (let call = 0; call < calls; call++) sink = await run();
  else for (let call = 0; call < calls; call++) sink = run();
  const { user, system } = process.cpuUsage(before);
  return sink === measure ? 0 : (user + system) / calls;
}
