/** What every record tells: how bad it is, and what happened. */
export interface LogRecord {
  readonly level: "INFO" | "WARN" | "ERROR";
  readonly event: string;
}

/** A record of a failure: what the error says, and the texts of what caused it. */
export interface FailureRecord<Event extends string> extends LogRecord {
  readonly level: "ERROR";
  readonly event: Event;
  readonly message: string;
  readonly cause?: string;
}

/**
 * Writes a record as one line of JSON.
 *
 * Where Lambda itself writes JSON, it gets the object: as text it would be escaped, and no metric filter could read it.
 */
export function writeLog(record: LogRecord): void {
  const line = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON" ? record : JSON.stringify(record);
  WRITERS[record.level](line);
}

const WRITERS = {
  INFO: (line: unknown) => console.info(line),
  WARN: (line: unknown) => console.warn(line),
  ERROR: (line: unknown) => console.error(line),
} as const;

/** The record of an error. Errors of this project name keys of the session and options, never their values. */
export function failureRecord<Event extends string>(event: Event, error: Error): FailureRecord<Event> {
  const causes = causesOf(error.cause);
  return {
    level: "ERROR",
    event,
    message: error.message,
    ...(causes.length > 0 && { cause: causes.join("; ") }),
  };
}

function causesOf(cause: unknown): string[] {
  return cause instanceof Error ? [`${cause}`, ...causesOf(cause.cause)] : [];
}
