import { inspect } from "node:util";

/** Lines of a stack trace that lie in Node.js or in the local run, not in the developer's code. */
const FOREIGN_FRAME = /\n\s+at [^\n]*([ (]node:|infra[\\/]local[\\/]run[\\/]functions[\\/]worker\.ts)[^\n]*/g;

/** Describes an error of a function for the developer: with its stack, its causes and its properties. */
export function describeFailure(thrown: unknown): string {
  return withoutForeignFrames(inspect(thrown));
}

/** Reduces a stack trace to the developer's own lines. */
export function withoutForeignFrames(trace: string): string {
  return trace.replace(FOREIGN_FRAME, "");
}
