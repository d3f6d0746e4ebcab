import { SessionTooLargeError, SessionUnavailableError } from "../../session/session-errors.ts";
import type { EndReason } from "../../session/session-log.ts";
import { changedValues, isFulfilled, isOnly } from "../record-change.ts";
import { assertFits, largestKeys, MOST_RECORD_BYTES, recordBytes } from "../record-size.ts";
import type {
  ChangeResult,
  EndCondition,
  FoundSession,
  RecordChange,
  SessionRecord,
  StoredValue,
} from "../session-record.ts";
import { tryUntilDone } from "../try-until-done.ts";
import { type FoundItem, parseNumber } from "./dynamodb-attribute.ts";
import { buildChange, buildRewrite, fitsExpression } from "./dynamodb-change.ts";
import { WriteExpression } from "./dynamodb-expression.ts";
import { createOperation } from "./dynamodb-operation.ts";
import { parseSessionItem, toSessionItem, toSessionPk, toTombstone } from "./dynamodb-session-item.ts";
import { ItemTooLargeError, type Table, type WriteResult } from "./dynamodb-table.ts";

/** Parameters of the end of a session. */
export interface Ending {
  readonly reason: EndReason;
  readonly now: number;
  readonly only?: EndCondition;
}

/** Writes a new session, unless the same session has already been written. */
export async function beginSession(table: Table, id: string, record: SessionRecord): Promise<void> {
  assertFits(record.values);
  const absent = new WriteExpression();
  absent.require(`attribute_not_exists(${absent.path("pk")})`);
  const item = toSessionItem(record, createOperation(record.lastSeenAt));
  const result = await refuseTooLarge(record.values, () => table.put(toSessionPk(id), item, absent));
  if (result.done) return;
  const found = parseSessionItem(result.there);
  if (typeof found === "object" && found.tokenHash !== record.tokenHash)
    throw new SessionUnavailableError("another session has this id; create a new id");
}

/** Changes a session if it exists and its condition passes. */
export async function changeSession(
  table: Table,
  id: string,
  change: RecordChange,
  known: FoundSession,
): Promise<ChangeResult> {
  const operation = createOperation(change.now);
  const after = (): ReadonlyMap<string, StoredValue> => changedValues(known.values, change).values;
  if (known.bytes + recordBytes(change.set ?? NO_VALUES) > MOST_RECORD_BYTES) assertFits(after());
  if (!fitsExpression(change)) return rewriteSession(table, id, change, operation);
  const write = buildChange(change, known, operation);
  const returned = change.add === undefined ? undefined : "new";
  const result = await refuseTooLarge(after, () => table.update(toSessionPk(id), write, returned));
  if (result.done) return done(result.returned, operation);
  if (hasArrived(result.there, operation)) return done(result.there, operation);
  const found = parseSessionItem(result.there);
  // The condition passes now: a value has changed back, or its number has more digits than a JavaScript
  // number.
  if (typeof found === "object" && isFulfilled(found, change))
    return rewriteSession(table, id, change, operation);
  return { done: false, found };
}

/**
 * Reads all data, changes it, and writes it if nothing else was written in between; otherwise tries again.
 */
function rewriteSession(
  table: Table,
  id: string,
  change: RecordChange,
  operation: string,
): Promise<ChangeResult> {
  return tryUntilDone(async () => {
    const item = await table.get(toSessionPk(id));
    if (hasArrived(item, operation)) return done(item, operation);
    const found = parseSessionItem(item);
    if (typeof found !== "object" || !isFulfilled(found, change)) return { done: false, found };
    const after = changedValues(found.values, change);
    assertFits(after.values);
    const write = buildRewrite(change, found, operation, { ...after, revision: revisionOf(item) });
    const result = await refuseTooLarge(after.values, () => table.update(toSessionPk(id), write));
    if (!result.done) return undefined;
    return { done: true, ...(after.sum !== undefined && { sum: after.sum }) };
  });
}

/** Replaces a session's item with a tombstone. */
export function endSession(table: Table, id: string, { reason, now, only }: Ending): Promise<boolean> {
  const pk = toSessionPk(id);
  const operation = createOperation(now);
  const tombstone = toTombstone(reason, now, operation);
  if (only === undefined) return isBuried(table.put(pk, tombstone, requireLiving()), operation);
  return tryUntilDone(async () => {
    const item = await table.get(pk);
    const found = parseSessionItem(item);
    if (typeof found !== "object" || !isOnly(found, only)) return false;
    const condition = requireLiving();
    condition.require(`${condition.path("revision")}=${condition.value({ S: revisionOf(item) })}`);
    return (await isBuried(table.put(pk, tombstone, condition), operation)) || undefined;
  });
}

const NO_VALUES: ReadonlyMap<string, StoredValue> = new Map();

/** Returns the condition that the session exists and has not ended. */
function requireLiving(): WriteExpression {
  const write = new WriteExpression();
  write.require(`attribute_exists(${write.path("pk")})`);
  return write.require(`attribute_not_exists(${write.path("ended")})`);
}

async function isBuried(putting: Promise<WriteResult>, operation: string): Promise<boolean> {
  const result = await putting;
  return result.done || result.there?.revision?.S === operation;
}

/**
 * Returns whether an earlier try of a write reached the item, because its response was lost or it was
 * delivered twice.
 */
function hasArrived(item: FoundItem | undefined, operation: string): boolean {
  return item?.operations?.M?.[operation] !== undefined;
}

function done(item: FoundItem | undefined, operation: string): ChangeResult {
  const sum = parseNumber(item?.operations?.M?.[operation]);
  return { done: true, ...(sum !== undefined && { sum }) };
}

function revisionOf(item: FoundItem | undefined): string {
  return item?.revision?.S ?? "";
}

async function refuseTooLarge(
  values: ReadonlyMap<string, StoredValue> | (() => ReadonlyMap<string, StoredValue>),
  write: () => Promise<WriteResult>,
): Promise<WriteResult> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ItemTooLargeError)) throw error;
    const after = typeof values === "function" ? values() : values;
    const bytes = Math.max(recordBytes(after), MOST_RECORD_BYTES + 1);
    throw new SessionTooLargeError(bytes, MOST_RECORD_BYTES, largestKeys(after));
  }
}
