import type { FoundSession, RecordChange, StoredValue } from "../session-record.ts";
import { type Attribute, PRESENT, toNumberAttribute, toStringAttribute } from "./dynamodb-attribute.ts";
import { WriteExpression } from "./dynamodb-expression.ts";
import { toAttributeName } from "./dynamodb-key-name.ts";
import { selectExpired } from "./dynamodb-operation.ts";
import { toDataAttribute, toRecordAttributes, toValueAttribute } from "./dynamodb-session-item.ts";

/**
 * Maximum number of keys that one expression names. An expression may have 4 KB and 300 operators.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MAX_KEYS = 80;

/** Returns whether one expression can name each key of a change. */
export function fitsExpression({ set, remove, condition }: RecordChange): boolean {
  return (set?.size ?? 0) + (remove?.size ?? 0) + (condition.values?.size ?? 0) <= MAX_KEYS;
}

/**
 * Returns the write that changes only the keys that the change names, even if other keys have changed since
 * the record was read.
 */
export function buildChange(change: RecordChange, known: FoundSession, operation: string): WriteExpression {
  const write = new WriteExpression();
  requireUnchanged(write, change);
  for (const [key, value] of change.set ?? [])
    write.set(pathOf(write, key), write.value(toValueAttribute(value)));
  for (const key of change.remove ?? []) write.remove(pathOf(write, key));
  recordOperation(write, operation, change.add === undefined ? write.value(PRESENT) : add(write, change.add));
  writeRecord(write, change, known);
  return write;
}

/** Returns the write that replaces all data, on the condition that nothing was written since it was read. */
export function buildRewrite(
  change: RecordChange,
  known: FoundSession,
  operation: string,
  after: {
    readonly values: ReadonlyMap<string, StoredValue>;
    readonly sum?: number;
    readonly revision: string;
  },
): WriteExpression {
  const write = new WriteExpression();
  const { values, sum, revision } = after;
  write.require(`${write.path("revision")}=${write.value(toStringAttribute(revision))}`);
  write.set(write.path("data"), write.value(toDataAttribute(values)));
  recordOperation(write, operation, write.value(sum === undefined ? PRESENT : toNumberAttribute(sum)));
  writeRecord(write, change, known);
  return write;
}

function requireUnchanged(write: WriteExpression, { now, condition, add }: RecordChange): void {
  const { epoch, tokenHash, values } = condition;
  write.require(`attribute_not_exists(${write.path("ended")})`);
  write.require(`${write.path("expires")}>=${write.value(toNumberAttribute(now))}`);
  write.require(`${write.path("epoch")}=${write.value(toNumberAttribute(epoch))}`);
  if (tokenHash !== undefined)
    write.require(`${write.path("token")}=${write.value(toStringAttribute(tokenHash))}`);
  for (const [key, value] of values ?? []) write.require(equals(write, key, value));
  if (add !== undefined) {
    const path = pathOf(write, add.key);
    const number = write.value(toStringAttribute("N"));
    write.require(`(attribute_not_exists(${path}) OR attribute_type(${path},${number}))`);
  }
}

function equals(write: WriteExpression, key: string, value: StoredValue | undefined): string {
  const path = pathOf(write, key);
  return value === undefined
    ? `attribute_not_exists(${path})`
    : `${path}=${write.value(toValueAttribute(value))}`;
}

/** Adds to a number and returns the sum as an operand. */
function add(write: WriteExpression, { key, by }: NonNullable<RecordChange["add"]>): string {
  const path = pathOf(write, key);
  const sum = `if_not_exists(${path},${write.value(ZERO)})+${write.value(toNumberAttribute(by))}`;
  write.set(path, sum);
  return sum;
}

/** Records the id of the write, so its condition fails if the write is delivered twice. */
function recordOperation(write: WriteExpression, operation: string, outcome: string): void {
  const path = write.path("operations", operation);
  write.require(`attribute_not_exists(${path})`);
  write.set(path, outcome);
  write.set(write.path("revision"), write.value(toStringAttribute(operation)));
}

function writeRecord(write: WriteExpression, { now, record }: RecordChange, known: FoundSession): void {
  for (const [name, attribute] of toRecordAttributes(record ?? {})) {
    if (attribute === undefined) write.remove(write.path(name));
    else write.set(write.path(name), write.value(attribute));
  }
  for (const old of selectExpired(known.operations ?? [], now)) write.remove(write.path("operations", old));
}

function pathOf(write: WriteExpression, key: string): string {
  return write.path("data", toAttributeName(key));
}

const ZERO: Attribute = { N: "0" };
