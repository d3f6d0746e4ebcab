import { CloudWatchLogs, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import type { StackResources } from "./stack-resources.ts";

/** A record of this project in a log; the level and the event name it. */
export interface LogLine {
  readonly level?: string;
  readonly event?: string;
  readonly reason?: string;
}

/** All lines in the logs of a stack's functions. */
export async function logLines(resources: StackResources): Promise<string[]> {
  const groups = await Promise.all((await resources.logGroups()).map(linesOf));
  return groups.flat();
}

async function linesOf(logGroupName: string): Promise<string[]> {
  const pages = await Array.fromAsync(
    paginateFilterLogEvents({ client: new CloudWatchLogs() }, { logGroupName }),
  );
  return pages.flatMap(({ events = [] }) => events.map(({ message = "" }) => message.trimEnd()));
}

/**
 * Whether a line is none of the functions' own. Lambda's own are JSON; MiniStack writes them as text, and Node warns
 * there of a call of MiniStack's.
 */
export function isOfEmulator(line: string): boolean {
  return /^(START|END|REPORT) RequestId: /.test(line) || /\[DEP0169\]|--trace-deprecation/.test(line);
}

/** The record of a line: Lambda puts it under `message`, MiniStack writes it alone. @throws SyntaxError for no JSON */
export function recordOf(line: string): LogLine {
  const parsed = JSON.parse(line);
  return typeof parsed.message === "object" ? parsed.message : parsed;
}
