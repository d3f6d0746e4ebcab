import { type ServerResponse, validateHeaderValue } from "node:http";
import { type HeadHeaders, setHeadHeaders } from "./node-headers.ts";

/** Method of a response, with the overloads that Node gives it. */
// biome-ignore lint/suspicious/noExplicitAny: the overloads of Node's methods have no common type
export type Method = (...args: any[]) => any;

/** A call of a method that sends a part of the response. */
export interface SendCall {
  readonly name: "writeHead" | "write" | "end" | "flushHeaders" | "cork" | "uncork";
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** Makes a call, and returns its value. */
export function send(response: ServerResponse, { method, args }: SendCall): unknown {
  return method.apply(response, [...args]);
}

/**
 * Makes none of a call but its callback, so that a handler which waits for that can end. `write` returns
 * false, as that of a closed response, and no 'drain' follows: an endless source is not read on.
 */
export function drop(response: ServerResponse, { name, args }: SendCall): unknown {
  const callback = args.findLast((argument) => typeof argument === "function");
  if (callback) process.nextTick(callback as () => void);
  return name === "write" ? false : response;
}

/**
 * Checks a call as Node would, because it is made later, when its error would find no handler. Headers of
 * `writeHead` are set at once.
 *
 * @returns the call that remains, and the status of the response
 * @throws TypeError or RangeError
 */
export function checkCall(response: ServerResponse, call: SendCall): { call: SendCall; statusCode: number } {
  const { name, args } = call;
  const [first, reason, third] = args;
  if (name === "writeHead") {
    const hasReason = typeof reason === "string";
    if (hasReason) validateHeaderValue("statusMessage", reason);
    const statusCode = checkStatus(first);
    const headers = (hasReason ? third : (third ?? reason)) as HeadHeaders | null | undefined;
    if (headers) setHeadHeaders(response, headers);
    return { call: { ...call, args: hasReason ? [statusCode, reason] : [statusCode] }, statusCode };
  }
  if (name === "write" || (name === "end" && first && typeof first !== "function")) checkBody(first);
  return { call, statusCode: checkStatus(response.statusCode) };
}

function checkStatus(status: unknown): number {
  // The conversion of Node.
  const statusCode = (status as number) | 0;
  if (statusCode >= 100 && statusCode <= 999) return statusCode;
  throw Object.assign(new RangeError(`Invalid status code: ${String(status)}`), {
    code: "ERR_HTTP_INVALID_STATUS_CODE",
  });
}

function checkBody(chunk: unknown): void {
  if (typeof chunk === "string" || chunk instanceof Uint8Array) return;
  const error = new TypeError("A chunk must be a string, a Buffer or a Uint8Array");
  throw Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}
