import type { SessionBegan, SessionLogRecord } from "../session/session-log.ts";
import { LogCollector } from "./log-collector.ts";

/** Log record other than `session_began`. */
export type LaterRecord = Exclude<SessionLogRecord, SessionBegan>;

/**
 * Collects the log of a session interface. It keeps `session_began` apart, because nearly every test begins a
 * session.
 */
export class SessionLogCollector extends LogCollector<LaterRecord> {
  readonly beginnings: SessionBegan[] = [];

  override readonly log = (record: SessionLogRecord): void => {
    if (record.event === "session_began") this.beginnings.push(record);
    else this.records.push(record);
  };

  override get text(): string {
    return JSON.stringify([...this.beginnings, ...this.records]);
  }
}
