import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { PacedLogs } from "./paced-logs.ts";

/** A record of this project in a log, with its level and event name. */
export interface LogLine {
  readonly level?: string;
  readonly event?: string;
  readonly reason?: string;
}

/** Returns all lines in log groups. */
export async function logLines(groups: readonly string[]): Promise<string[]> {
  const client = new CloudWatchLogs();
  const messages = await new PacedLogs((request) => client.filterLogEvents(request)).read(groups);
  return messages.map((message) => message.trimEnd());
}

/**
 * Returns whether the emulator wrote a line. Lambda's own lines are JSON; MiniStack's are text, and Node
 * warns of a deprecated call of MiniStack.
 */
export function isOfEmulator(line: string): boolean {
  return /^(START|END|REPORT) RequestId: /.test(line) || /\[DEP0169\]|--trace-deprecation/.test(line);
}

/**
 * Returns the record of a line. Lambda puts it under `message`; MiniStack writes it alone.
 *
 * @throws SyntaxError when the line is not JSON
 */
export function recordOf(line: string): LogLine {
  const parsed = JSON.parse(line);
  return typeof parsed.message === "object" ? parsed.message : parsed;
}
