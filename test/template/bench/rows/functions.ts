import { equal } from "node:assert/strict";
import { join } from "node:path";
import { type Bundle, bundle } from "../bundles.ts";
import { startTimes } from "../fresh-process.ts";
import { eventFor, FUNCTIONS } from "../functions/functions.ts";
import { type Effort, measure } from "../measure.ts";
import { sessionOf } from "../sizes.ts";
import type { Table } from "../table.ts";

/** Measures a whole function that handles an API Gateway event; its session is read, changed and written. */
export async function event(effort: Effort): Promise<Table> {
  const tasks = await Promise.all(
    FUNCTIONS.map(async (benchFunction) => {
      Object.assign(process.env, benchFunction.environment);
      const { handler } = await import(join(import.meta.dirname, "..", benchFunction.entry));
      const request = await eventFor(benchFunction);
      checkAnswer(await handler(request));
      return { name: benchFunction.name, run: () => handler(request) };
    }),
  );
  const values = await measure(tasks, effort);
  const rows = FUNCTIONS.map(({ name }, index) => ({ name, values: [values[index]] }));
  return { title: "An API Gateway 2.0 event, S read and written", columns: ["CPU time"], unit: "µs", rows };
}

/** Measures the size of a function that is bundled as the stack bundles it. */
export async function bundleSize(): Promise<Table> {
  const bundles = await bundleAll();
  const rows = FUNCTIONS.map(({ name }, index) => ({ name, values: [bundles[index]?.bytes] }));
  const note = "sodium-native of @fastify/secure-session is a native module and not counted.";
  return { title: "Bundle of a function", note, columns: ["minified"], unit: "B", rows };
}

/** Measures a cold function's loading and first request, without the start of Lambda and Node. */
export async function load({ processes }: Effort): Promise<Table> {
  const bundles = await bundleAll();
  const starts = FUNCTIONS.map(async (benchFunction, index) => ({
    file: bundles[index]?.file ?? "",
    event: await eventFor(benchFunction),
    environment: benchFunction.environment ?? {},
    check: checkAnswer,
  }));
  const times = await startTimes(await Promise.all(starts), processes, "cpu");
  const rows = FUNCTIONS.map(({ name }, index) => {
    const { load, firstCall, total } = times[index] ?? {};
    return { name, values: [load, firstCall, total] };
  });
  const note = `CPU time inside a fresh process, medians of ${processes}.`;
  return {
    title: "Load and first request",
    note,
    columns: ["load", "first request", "both"],
    unit: "ms",
    rows,
  };
}

function bundleAll(): Promise<Bundle[]> {
  return Promise.all(FUNCTIONS.map(({ entry, options }) => bundle(entry, options)));
}

/** @throws AssertionError when a function has not returned one visit more than S contains */
export function checkAnswer(answer: unknown): void {
  const { statusCode, body } = answer as { statusCode: number; body: string };
  equal(statusCode, 200);
  equal(body, JSON.stringify({ visits: sessionOf("S").visits + 1 }));
}
