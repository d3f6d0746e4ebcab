/** Keeps log records instead of writing them. Give `collector.log` where a log is asked for. */
export class LogCollector<R = unknown> {
  readonly records: R[] = [];

  readonly log = (record: R): void => {
    this.records.push(record);
  };

  /** All that was logged, as text: to look for what must not be in it. */
  get text(): string {
    return JSON.stringify(this.records);
  }
}
