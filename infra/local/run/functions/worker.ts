/**
 * Worker thread of an execution environment. Loads one function's bundle and calls its handler, one event at
 * a time. {@link ExecutionEnvironment} starts it; do not import it.
 */

import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Context } from "aws-lambda";
import { describeFailure } from "./failure-text.ts";

/** Data that the worker is started with. */
export interface WorkerData {
  /** File URL of the bundle. */
  readonly url: string;
  /** Name of the export to call. */
  readonly handler: string;
}

/** Event for the handler. */
export interface Invocation {
  /** Event as JSON. */
  readonly event: string;
  readonly context: Omit<Context, "getRemainingTimeInMillis" | "done" | "fail" | "succeed">;
  /** Time at which the event times out, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** Messages of the worker: loaded, output of the function, and the outcome of each event. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "result"; readonly payload: string }
  | { readonly kind: "failure"; readonly failure: string };

const port = parentPort as MessagePort;
const report = (message: WorkerMessage) => port.postMessage(message);

// Output uses the same port as outcomes, so that it arrives before them.
process.stdout.write = process.stderr.write = print as typeof process.stdout.write;

const { url, handler: name } = workerData as WorkerData;
const handler = requireHandler((await import(url))[name]);
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

function requireHandler(exported: unknown): (event: unknown, context: unknown) => unknown {
  if (typeof exported !== "function")
    throw new TypeError(
      `The function's file does not export a function named ${name}. Export one, or correct the name.`,
    );
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html#nodejs-handler-callback
  if (exported.length > 2)
    throw new TypeError(
      `${name} takes a callback, which Lambda supports up to Node.js 22 only. Return a promise instead.`,
    );
  return exported as (event: unknown, context: unknown) => unknown;
}

function print(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
  report({ kind: "output", text: typeof chunk === "string" ? chunk : Buffer.from(chunk).toString() });
  const done = rest.at(-1);
  if (typeof done === "function") done();
  return true;
}
