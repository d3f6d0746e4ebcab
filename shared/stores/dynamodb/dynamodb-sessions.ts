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
import { type FoundItem, numberOf } from "./dynamodb-attribute.ts";
import { changeExpression, fitsExpression, rewriteExpression } from "./dynamodb-change.ts";
import { WriteExpression } from "./dynamodb-expression.ts";
import { newOperation } from "./dynamodb-operation.ts";
import { sessionItem, sessionKey, sessionOf, tombstone } from "./dynamodb-session-item.ts";
import { ItemTooLargeError, type Table, type WriteResult } from "./dynamodb-table.ts";

/** What a session's end is told. */
export interface Ending {
  readonly reason: EndReason;
  readonly now: number;
  readonly only?: EndCondition;
}

/** Keeps a new session, unless this very one is there already. */
export async function beginSession(table: Table, id: string, record: SessionRecord): Promise<void> {
  assertFits(record.values);
  const absent = new WriteExpression();
  absent.require(`attribute_not_exists(${absent.path("pk")})`);
  const item = sessionItem(record, newOperation(record.lastSeenAt));
  const result = await refusingTooLarge(record.values, () => table.put(sessionKey(id), item, absent));
  if (result.done) return;
  const found = sessionOf(result.there);
  if (typeof found === "object" && found.tokenHash !== record.tokenHash)
    throw new SessionUnavailableError("another session has this id");
}

/** Changes a session that is there and fulfils the condition. */
export async function changeSession(
  table: Table,
  id: string,
  change: RecordChange,
  known: FoundSession,
): Promise<ChangeResult> {
  const operation = newOperation(change.now);
  const after = (): ReadonlyMap<string, StoredValue> => changedValues(known.values, change).values;
  if (known.bytes + recordBytes(change.set ?? NOTHING) > MOST_RECORD_BYTES) assertFits(after());
  if (!fitsExpression(change)) return rewriteSession(table, id, change, operation);
  const write = changeExpression(change, known, operation);
  const returned = change.add === undefined ? undefined : "new";
  const result = await refusingTooLarge(after, () => table.update(sessionKey(id), write, returned));
  if (result.done) return done(result.returned, operation);
  if (isArrived(result.there, operation)) return done(result.there, operation);
  const found = sessionOf(result.there);
  // What is there fulfils the condition after all: it has changed back, or a number has more digits than ours.
  if (typeof found === "object" && isFulfilled(found, change))
    return rewriteSession(table, id, change, operation);
  return { done: false, found };
}

/** Reads the whole data, changes it, and writes it if nothing else was written in between; else once more. */
function rewriteSession(
  table: Table,
  id: string,
  change: RecordChange,
  operation: string,
): Promise<ChangeResult> {
  return tryUntilDone(async () => {
    const item = await table.get(sessionKey(id));
    if (isArrived(item, operation)) return done(item, operation);
    const found = sessionOf(item);
    if (typeof found !== "object" || !isFulfilled(found, change)) return { done: false, found };
    const after = changedValues(found.values, change);
    assertFits(after.values);
    const write = rewriteExpression(change, found, operation, { ...after, revision: revisionOf(item) });
    const result = await refusingTooLarge(after.values, () => table.update(sessionKey(id), write));
    if (!result.done) return undefined;
    return { done: true, ...(after.sum !== undefined && { sum: after.sum }) };
  });
}

/** Puts a tombstone in the place of a session. */
export function endSession(table: Table, id: string, { reason, now, only }: Ending): Promise<boolean> {
  const pk = sessionKey(id);
  const operation = newOperation(now);
  const grave = tombstone(reason, now, operation);
  if (only === undefined) return buried(table.put(pk, grave, living()), operation);
  return tryUntilDone(async () => {
    const item = await table.get(pk);
    const found = sessionOf(item);
    if (typeof found !== "object" || !isOnly(found, only)) return false;
    const condition = living();
    condition.require(`${condition.path("revision")}=${condition.value({ S: revisionOf(item) })}`);
    return (await buried(table.put(pk, grave, condition), operation)) || undefined;
  });
}

const NOTHING: ReadonlyMap<string, StoredValue> = new Map();

/** The condition that there is a session, and that it has not ended. */
function living(): WriteExpression {
  const write = new WriteExpression();
  write.require(`attribute_exists(${write.path("pk")})`);
  return write.require(`attribute_not_exists(${write.path("ended")})`);
}

async function buried(putting: Promise<WriteResult>, operation: string): Promise<boolean> {
  const result = await putting;
  return result.done || result.there?.revision?.S === operation;
}

/** Whether an earlier try of a write has reached the item: its answer was lost, or it was delivered twice. */
function isArrived(item: FoundItem | undefined, operation: string): boolean {
  return item?.operations?.M?.[operation] !== undefined;
}

function done(item: FoundItem | undefined, operation: string): ChangeResult {
  const sum = numberOf(item?.operations?.M?.[operation]);
  return { done: true, ...(sum !== undefined && { sum }) };
}

function revisionOf(item: FoundItem | undefined): string {
  return item?.revision?.S ?? "";
}

async function refusingTooLarge(
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
