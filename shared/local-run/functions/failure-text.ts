import { inspect } from "node:util";

/**
 * Matches lines of a stack trace that are in Node.js or in the local run, and not in the developer's code.
 */
const FOREIGN_FRAME = /\n\s+at [^\n]*([ (]node:|local-run[\\/]functions[\\/]runtime\.[jt]s)[^\n]*/g;

/** Describes an error of a function, with its stack, causes and properties. */
export function describeFailure(thrown: unknown): string {
  return removeForeignFrames(inspect(thrown));
}

/** Removes the lines of a stack trace that are not in the developer's code. */
export function removeForeignFrames(trace: string): string {
  return trace.replace(FOREIGN_FRAME, "");
}
