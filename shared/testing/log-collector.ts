/** Keeps log records instead of writing them. Give `collector.log` where a log is asked for. */
export class LogCollector<R = unknown> {
  readonly records: R[] = [];

  readonly log = (record: R): void => {
    this.records.push(record);
  };

  /** All records as one JSON string, to search for what must not be logged. */
  get text(): string {
    return JSON.stringify(this.records);
  }
}
