import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ExecutionEnvironment } from "../../../shared/local-run/functions/execution-environment.ts";
import { composeVariables } from "../../../shared/local-run/functions/function-variables.ts";
import { FunctionProcess } from "./function-process.ts";

const root = await mkdtemp(join(tmpdir(), "local-run-"));
afterAll(() => rm(root, { recursive: true }));

/** Outcomes of two events, one after the other, until the function's process exits. */
type Behaviour = readonly (readonly ["response", unknown] | readonly ["error" | "exit"])[];

async function underAws(
  folder: string,
  handler: string,
  environment: Record<string, string>,
): Promise<Behaviour> {
  await using running = await FunctionProcess.start(
    { entry: "", folder, handler, environment, routes: [] },
    {},
  );
  const seen = [];
  for (const event of [1, 2]) {
    const report = await running.invoke(event).catch(() => undefined);
    if (!report) return [...seen, ["exit"]];
    seen.push(
      report.kind === "response" ? (["response", JSON.parse(report.body)] as const) : (["error"] as const),
    );
  }
  return seen;
}

async function inLocalRun(folder: string, variables: Record<string, string>): Promise<Behaviour> {
  const environment = new ExecutionEnvironment({
    file: join(folder, "index.mjs"),
    variables,
    cache: join(root, "compiled"),
    memorySize: 128,
    timeout: 10,
    onOutput: () => {},
    onFailure: () => {},
  });
  const seen = [];
  for (const event of [1, 2]) {
    const invocation = { event: `${event}`, requestId: "", traceId: "Root=1", functionArn: "arn" };
    const outcome = await environment.invoke(invocation, 20);
    if (outcome && "payload" in outcome) seen.push(["response", JSON.parse(outcome.payload)] as const);
    else if (!environment.ended) seen.push(["error"] as const);
    else return [...seen, ["exit"]];
  }
  await environment.terminate();
  return seen;
}

/** Sources of functions, and what AWS's runtime client does with two events. */
const FUNCTIONS: Record<string, readonly [source: string, expected: Behaviour]> = {
  "answers with the properties of its context": [
    "export const handler = (event, context) => Object.keys(context);",
    Array(2).fill([
      "response",
      [
        ...["clientContext", "identity", "invokedFunctionArn", "awsRequestId", "tenantId", "xRayTraceId"],
        ...["getRemainingTimeInMillis", "functionName", "functionVersion", "memoryLimitInMB"],
        ...["logGroupName", "logStreamName"],
      ],
    ]),
  ],
  "answers with the trace's id and the name of its function": [
    "export const handler = (event, { functionName, memoryLimitInMB, xRayTraceId }) => [functionName, memoryLimitInMB, xRayTraceId === process.env._X_AMZN_TRACE_ID];",
    Array(2).fill(["response", ["probe", "128", true]]),
  ],
  "returns nothing": ["export const handler = () => {};", Array(2).fill(["response", null])],
  "returns what JSON cannot represent": ["export const handler = () => 1n;", [["error"], ["error"]]],
  "throws a string": ["export const handler = () => { throw 'a'; };", [["error"], ["error"]]],
  "is in the default export": [
    "export default { handler: (event) => event };",
    [
      ["response", 1],
      ["response", 2],
    ],
  ],
  "uses console.fatal": [
    "export const handler = () => console.fatal('a') ?? 1;",
    Array(2).fill(["response", 1]),
  ],
  "takes a callback": ["export const handler = (event, context, callback) => callback(null, 1);", [["exit"]]],
  "exports no handler": ["export const main = () => 1;", [["exit"]]],
  "throws while it is loaded": ["throw new Error('init');", [["exit"]]],
  "never finishes loading": ["await new Promise(() => {});", [["exit"]]],
  "returns a promise that nothing can settle": [
    "export const handler = () => new Promise(() => {});",
    [["exit"]],
  ],
  exits: ["export const handler = () => process.exit(0);", [["exit"]]],
  "leaves a rejection unhandled": [
    "export const handler = () => { Promise.reject(new Error('a')); return new Promise((resolve) => setTimeout(resolve, 5000)); };",
    [["exit"]],
  ],
  "throws in the next turn of the event loop": [
    "export const handler = () => { setImmediate(() => { throw new Error('a'); }); return 1; };",
    [["exit"]],
  ],
  "returns a thenable that is no promise": [
    "export const handler = () => ({ then: (resolve) => resolve(7) });",
    Array(2).fill(["response", 7]),
  ],
  "waits for a timer that does not keep its process": [
    "export const handler = () => new Promise((resolve) => setTimeout(resolve, 100).unref());",
    [["exit"]],
  ],
  "gives its process more to do before it exits": [
    "export const handler = () => new Promise((resolve) => process.once('beforeExit', () => setTimeout(resolve, 10, 9)));",
    Array(2).fill(["response", 9]),
  ],
  "handles a rejection too late": [
    "export const handler = async () => { const late = Promise.reject(new Error('a')); setTimeout(() => late.catch(() => {}), 10); await new Promise((resolve) => setTimeout(resolve, 5000)); };",
    [["exit"]],
  ],
  "throws an error whose stack cannot be read": [
    "export const handler = () => { throw Object.defineProperty(new Error('a'), 'stack', { get() { throw new Error('b'); } }); };",
    [["error"], ["error"]],
  ],
  "handles unhandled rejections itself": [
    "process.on('unhandledRejection', () => {}); export const handler = async () => { Promise.reject(new Error('a')); await new Promise((resolve) => setTimeout(resolve, 50)); return 1; };",
    Array(2).fill(["response", 1]),
  ],
  "handles uncaught exceptions itself": [
    "process.on('uncaughtException', () => {}); export const handler = () => { setImmediate(() => { throw new Error('a'); }); return 1; };",
    Array(2).fill(["response", 1]),
  ],
};

test.each(Object.entries(FUNCTIONS).map(([name, [source, expected]]) => [name, source, expected] as const))(
  "a function that %s behaves in the local run as under AWS's runtime client",
  async (name, source, expected) => {
    const folder = join(root, name.replaceAll(/\W/g, "-"));
    await mkdir(folder);
    await writeFile(join(folder, "index.mjs"), source);
    const definition = {
      name: "probe",
      entry: "",
      handler: "handler",
      environment: {},
      timeout: 20,
      memorySize: 128,
    };
    const variables = composeVariables(definition, { secretKeys: [] }, root);
    expect(await underAws(folder, "index.handler", variables)).toEqual(expected);
    expect(await inLocalRun(folder, variables)).toEqual(expected);
  },
);
