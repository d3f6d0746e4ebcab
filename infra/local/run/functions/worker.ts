/**
 * The inside of an execution environment: a worker thread that loads one function's bundle and calls its
 * handler, one event at a time. It is started by {@link ExecutionEnvironment} and not imported.
 */

import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Context } from "aws-lambda";
import { describeFailure } from "./failure-text.ts";

/** Data with which the worker is started. */
export interface WorkerData {
  /** The bundle's address, a file URL. */
  readonly url: string;
  /** The export to call. */
  readonly handler: string;
}

/** One event for the handler. */
export interface Invocation {
  /** JSON. */
  readonly event: string;
  readonly context: Omit<Context, "getRemainingTimeInMillis" | "done" | "fail" | "succeed">;
  /** When the time is up, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** Messages of the worker: that it has loaded, what the function printed, and each event's outcome. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "result"; readonly payload: string }
  | { readonly kind: "failure"; readonly failure: string };

const port = parentPort as MessagePort;
const report = (message: WorkerMessage) => port.postMessage(message);

// Through the port, so that what a function prints comes before its outcome.
process.stdout.write = process.stderr.write = print as typeof process.stdout.write;

const { url, handler: name } = workerData as WorkerData;
const handler = checked((await import(url))[name]);
port.on("message", (invocation: Invocation) => void invoke(invocation));
report({ kind: "ready" });

async function invoke({ event, context, deadline }: Invocation): Promise<void> {
  const getRemainingTimeInMillis = () => Math.max(deadline - Date.now(), 0);
  try {
    const result = await handler(JSON.parse(event), { ...context, getRemainingTimeInMillis });
    report({ kind: "result", payload: JSON.stringify(result) ?? "null" });
  } catch (error) {
    report({ kind: "failure", failure: describeFailure(error) });
  }
}

function checked(exported: unknown): (event: unknown, context: unknown) => unknown {
  if (typeof exported !== "function")
    throw new TypeError(`The function's file has no function named ${name} among its exports.`);
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html#nodejs-handler-callback
  if (exported.length > 2)
    throw new TypeError(`${name} takes a callback, which Lambda supports up to Node.js 22 only.`);
  return exported as (event: unknown, context: unknown) => unknown;
}

function print(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
  report({ kind: "output", text: typeof chunk === "string" ? chunk : Buffer.from(chunk).toString() });
  const done = rest.at(-1);
  if (typeof done === "function") done();
  return true;
}
