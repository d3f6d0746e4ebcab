/**
 * Process of an execution environment. Loads one function's bundle and calls its handler, one event at a
 * time, as AWS's runtime does (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client).
 * {@link ExecutionEnvironment} starts it; do not import it.
 */

import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { describeFailure } from "./failure-text.ts";

/** Event for the handler. */
export interface Invocation {
  /** Event as JSON. */
  readonly event: string;
  /** Id of the event, which differs from that of the request. */
  readonly requestId: string;
  readonly traceId: string;
  readonly functionArn: string;
  /** Time at which the event times out, in milliseconds since the epoch. */
  readonly deadline: number;
}

/**
 * Messages of the process: loaded, an event received, output of the function, and the outcome of each event.
 */
export type RuntimeMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "received" }
  | { readonly kind: "output"; readonly text: string }
  | Result
  | Failure;

interface Result {
  readonly kind: "result";
  /** Result as JSON. */
  readonly payload: string;
  readonly failure?: never;
}

interface Failure {
  readonly kind: "failure";
  readonly failure: string;
}

type Handler = (event: unknown, context: unknown) => unknown;

/** File descriptor of the messages. Writing is synchronous, so that none is lost when the process exits. */
const MESSAGES = 3;

const { channel, env } = process;
const report = (message: RuntimeMessage) => void writeSync(MESSAGES, `${JSON.stringify(message)}\n`);

// Output goes the same way as outcomes, so that it arrives before them.
process.stdout.write = process.stderr.write = print as typeof process.stdout.write;
for (const level of ["trace", "debug", "info", "warn", "error", "fatal", "log"])
  Object.assign(console, { [level]: (...values: unknown[]) => void print(`${format(...values)}\n`) });

// Only for this file and the function's code.
delete env.NODE_COMPILE_CACHE;
// A process manager may signal every process. The local run ends this one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
process.on("disconnect", () => process.exit());
// As on Lambda, the process exits if nothing is left that could settle the function's promise.
channel?.unref();
start(String(env.LAMBDA_TASK_ROOT), String(env._HANDLER)).catch((error) => {
  report({ kind: "failure", failure: describeFailure(error) });
  process.exit(1);
});

async function start(folder: string, handlerName: string): Promise<void> {
  const names = handlerName.split(".").slice(1);
  const module = await import(pathToFileURL(join(folder, "index.mjs")).href);
  const handler = requireHandler(find(module, names) ?? find(module.default, names), names.join("."));
  process.on("message", (invocation: Invocation) => void invoke(handler, invocation));
  channel?.ref();
  report({ kind: "ready" });
  flushCompileCache();
}

async function invoke(handler: Handler, invocation: Invocation): Promise<void> {
  channel?.unref();
  report({ kind: "received" });
  const outcome = await run(handler, invocation);
  // As in AWS's runtime: an error that the handler leaves to the next turn of the event loop fails its event.
  await new Promise((resolve) => setImmediate(resolve));
  channel?.ref();
  report(outcome);
}

async function run(handler: Handler, { event, ...invocation }: Invocation): Promise<Result | Failure> {
  env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const result = await handler(JSON.parse(event), createContext(invocation));
    return { kind: "result", payload: JSON.stringify(result) ?? "null" };
  } catch (error) {
    return { kind: "failure", failure: describeFailure(error) };
  }
}

/** Returns the context with the properties of AWS's runtime, in its order. */
function createContext({ requestId, traceId, functionArn, deadline }: Omit<Invocation, "event">): object {
  return {
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: functionArn,
    awsRequestId: requestId,
    tenantId: undefined,
    xRayTraceId: traceId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

function find(module: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | undefined)?.[name],
    module,
  );
}

function requireHandler(exported: unknown, name: string): Handler {
  if (typeof exported !== "function")
    throw new TypeError(
      `The function's file does not export a function named ${name}. Export one, or correct the name.`,
    );
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html#nodejs-handler-callback
  if (exported.length > 2)
    throw new TypeError(
      `${name} takes a callback, which Lambda supports up to Node.js 22 only. Return a promise instead.`,
    );
  return exported as Handler;
}

function print(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
  report({ kind: "output", text: typeof chunk === "string" ? chunk : Buffer.from(chunk).toString() });
  const done = rest.at(-1);
  if (typeof done === "function") done();
  return true;
}
