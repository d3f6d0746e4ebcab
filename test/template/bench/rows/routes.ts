import { bundle } from "../bundles.ts";
import { SECRET } from "../contestants/secret.ts";
import { startTimes } from "../fresh-process.ts";
import { eventFor, PROJECT } from "../functions/functions.ts";
import { type Effort, measure } from "../measure.ts";
import type { Table } from "../table.ts";
import { checkAnswer } from "./functions.ts";

/** Ways to divide eight routes into functions, which are deployed as `functions/visits.ts` is. */
const SHAPES = [
  { name: "one function for each route", entry: "../../../functions/visits.ts" },
  { name: "eight routes in one function, a switch", entry: "functions/routes/several-routes.ts" },
  { name: "eight routes in one function, Hono", entry: "functions/routes/hono-application.ts" },
  { name: "the same, with `await app.request(…)` at its start", entry: "functions/routes/hono-warmed-up.ts" },
];

const ENVIRONMENT = { SESSION_SECRET_KEYS: JSON.stringify([SECRET]) };

/** Measures a cold function by the number of its routes: bundle, loading and first request. */
export async function routesLoad({ processes }: Effort): Promise<Table> {
  const [event, bundles] = [await eventFor({ contestant: PROJECT }), await bundleAll()];
  const starts = bundles.map(({ file }) => ({ file, event, environment: ENVIRONMENT, check: checkAnswer }));
  // The differences are small, so more processes take turns.
  const times = await startTimes(starts, processes * 3, "cpu");
  const rows = SHAPES.map(({ name }, index) => {
    const { load, firstCall, total } = times[index] ?? {};
    return { name, values: [`${bundles[index]?.bytes.toLocaleString("en")} B`, load, firstCall, total] };
  });
  return {
    title: "One function or several: bundle, load and first request",
    note: `CPU time inside a fresh process, medians of ${processes * 3}. Sessions are in cookies.`,
    columns: ["minified", "load", "first request", "both"],
    unit: "ms",
    rows,
  };
}

/** Measures a warm request by the number of the function's routes. */
export async function routesEvent(effort: Effort): Promise<Table> {
  Object.assign(process.env, ENVIRONMENT);
  const event = await eventFor({ contestant: PROJECT });
  const tasks = await Promise.all(
    (await bundleAll()).map(async ({ file }, index) => {
      const { handler } = await import(file);
      checkAnswer(await handler(event, {}));
      return { name: SHAPES[index]?.name ?? "", run: () => handler(event, {}) };
    }),
  );
  const values = await measure(tasks, effort);
  const rows = tasks.map(({ name }, index) => ({ name, values: [values[index]] }));
  return { title: "One function or several: a warm request", columns: ["CPU time"], unit: "µs", rows };
}

function bundleAll() {
  return Promise.all(SHAPES.map(({ entry }) => bundle(entry)));
}
