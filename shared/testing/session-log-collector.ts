import type { SessionBegan, SessionLogRecord } from "../session/session-log.ts";
import { LogCollector } from "./log-collector.ts";

/** What is told of sessions but that they began. */
export type LaterRecord = Exclude<SessionLogRecord, SessionBegan>;

/** Keeps what a session interface logs. That sessions began is kept apart: nearly every test begins one. */
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
