/** Fields of every log record: its level and the event. */
export interface LogRecord {
  readonly level: "INFO" | "WARN" | "ERROR";
  readonly event: string;
}

/** Log record of a failure: the error's message and the messages of its causes. */
export interface FailureRecord<Event extends string> extends LogRecord {
  readonly level: "ERROR";
  readonly event: Event;
  readonly message: string;
  readonly cause?: string;
}

/**
 * Writes a record as one line of JSON.
 *
 * If Lambda formats the log as JSON, the record is passed as an object, because Lambda would escape a string
 * and no metric filter could read it.
 */
export function writeLog(record: LogRecord): void {
  const line = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON" ? record : JSON.stringify(record);
  console[record.level.toLowerCase() as "info" | "warn" | "error"](line);
}

/**
 * Returns the log record of an error. Errors of this project contain names of options and keys of the data,
 * never their values.
 */
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
