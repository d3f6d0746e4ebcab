import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type Bundle, bundle } from "../bundles.ts";
import { SECRET } from "../contestants/secret.ts";
import { type Endpoint, startEndpoint } from "../dynamodb/endpoint.ts";
import { startTimes } from "../fresh-process.ts";
import { TABLE_FUNCTIONS, type TableFunction } from "../functions/table-functions.ts";
import { type Effort, measure } from "../measure.ts";
import type { Table } from "../table.ts";
import { checkAnswer } from "./functions.ts";

const DYNAMODB = "Another process replaces DynamoDB, without TLS.";

/** A function that has answered its event once, so that the endpoint has recorded the responses. */
interface Prepared {
  readonly name: string;
  readonly bundle: Bundle;
  readonly event: APIGatewayProxyEventV2;
  readonly handler: (event: APIGatewayProxyEventV2, context: object) => Promise<unknown>;
}

/**
 * Measures a whole function that handles an API Gateway event; its session is read and written in DynamoDB.
 */
export async function tableEvent(effort: Effort): Promise<Table> {
  await using endpoint = await startEndpoint();
  const functions = await prepared(
    endpoint,
    TABLE_FUNCTIONS.filter(({ options }) => !options?.alias),
  );
  const tasks = functions.map(({ name, handler, event }) => ({ name, run: () => handler(event, {}) }));
  const values = await measure(tasks, { ...effort, rounds: effort.rounds * 3, warmUp: effort.warmUp * 4 });
  const rows = tasks.map(({ name }, index) => ({ name, values: [values[index]] }));
  const note = `CPU time of this process alone. ${DYNAMODB}`;
  return {
    title: "An API Gateway 2.0 event, S read and written in DynamoDB",
    note,
    columns: ["CPU time"],
    unit: "µs",
    rows,
  };
}

/**
 * Measures the size of a function with sessions in DynamoDB, and its time for loading and a first request.
 */
export async function tableLoad({ processes }: Effort): Promise<Table> {
  await using endpoint = await startEndpoint();
  const functions = await prepared(endpoint, TABLE_FUNCTIONS);
  const environment = { ...endpoint.environment, ...SECRETS };
  const starts = functions.map(({ bundle: { file }, event }) => ({
    file,
    event,
    environment,
    check: checkAnswer,
  }));
  const times = await startTimes(starts, processes);
  return {
    title: "Bundle, load and first request of a function with sessions in DynamoDB",
    note: `Wall time inside a fresh process, medians of ${processes}. ${DYNAMODB}`,
    columns: ["minified", "load", "first request", "both"],
    unit: "ms",
    rows: functions.map(({ name, bundle: { bytes } }, index) => {
      const { load, firstCall, total } = times[index] ?? {};
      return { name, values: [`${bytes.toLocaleString("en")} B`, load, firstCall, total] };
    }),
  };
}

const SECRETS = { SESSION_SECRET_KEYS: JSON.stringify([SECRET]) };

async function prepared(endpoint: Endpoint, chosen: readonly TableFunction[]): Promise<Prepared[]> {
  Object.assign(process.env, SECRETS);
  const functions: Prepared[] = [];
  for (const { name, entry, options, event } of chosen) {
    const made = await bundle(entry, options);
    // Imports a new module each time, because a function keeps the endpoint of its start.
    const { handler } = await import(`${made.file}?${performance.now()}`);
    const request = await event();
    checkAnswer(await handler(request, {}));
    functions.push({ name, bundle: made, event: request, handler });
  }
  await endpoint.replay();
  return functions;
}
