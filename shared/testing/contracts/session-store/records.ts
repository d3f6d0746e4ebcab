import { randomBytes } from "node:crypto";
import type {
  FoundSession,
  RecordChange,
  SessionRecord,
  StoredValue,
  UserSession,
} from "../../../stores/session-record.ts";

/** Time in seconds far in the future, so a table that deletes expired items keeps these records. */
export const NOW = 4_000_000_000;

/** An hour in seconds. */
export const HOUR = 60 * 60;

/** Entry of a user's session. */
export const SESSION: UserSession = { createdAt: NOW - 5, lastSeenAt: NOW, expiresAt: NOW + HOUR };

/** Change in a short form: its condition is part of it, and the rest has defaults. */
export type Change = Omit<Partial<RecordChange>, "condition"> & Partial<RecordChange["condition"]>;

/** Returns a random key of this many characters. */
export function randomKey(length: number): string {
  return randomBytes(length).toString("base64url").slice(0, length);
}

/** Returns a record with these values that expires in an hour. */
export function recordOf(
  values: Iterable<readonly [string, StoredValue]>,
  record: Partial<SessionRecord> = {},
): SessionRecord {
  return {
    tokenHash: randomKey(43),
    renewedAt: NOW,
    epoch: 0,
    values: new Map(values),
    createdAt: NOW,
    lastSeenAt: NOW,
    expiresAt: NOW + HOUR,
    ...record,
  };
}

/** Returns a found record without the properties that the store adds. */
export function plain({ bytes: _bytes, operations: _operations, ...record }: FoundSession): SessionRecord {
  return record;
}

/** Returns a complete change. Default: at `NOW` and in epoch 0. */
export function changeOf({ epoch = 0, tokenHash, values, ...change }: Change): RecordChange {
  const condition = { epoch, ...(tokenHash !== undefined && { tokenHash }), ...(values && { values }) };
  return { now: NOW, ...change, condition };
}

/** Returns this many values, numbers and strings, whose keys have this prefix. */
export function manyValues(count: number, prefix: string): Map<string, StoredValue> {
  return new Map(
    Array.from({ length: count }, (_, number) => [
      `${prefix}${number}`,
      number % 2 ? number : `text ${number}`,
    ]),
  );
}
