/** Collects log records instead of writing them. Pass `collector.log` as the option `log`. */
export class LogCollector<R = unknown> {
  readonly records: R[] = [];

  readonly log = (record: R): void => {
    this.records.push(record);
  };

  /** All records as one JSON string, in which tests search for data that must not be logged. */
  get text(): string {
    return JSON.stringify(this.records);
  }
}
