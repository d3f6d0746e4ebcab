import type { FoundSession, RecordChange, StoredValue } from "../session-record.ts";
import { type Attribute, numberAttribute, PRESENT, textAttribute } from "./dynamodb-attribute.ts";
import { WriteExpression } from "./dynamodb-expression.ts";
import { nameOfKey } from "./dynamodb-key-name.ts";
import { forgettable } from "./dynamodb-operation.ts";
import { dataAttribute, recordAttributes, valueAttribute } from "./dynamodb-session-item.ts";

/**
 * How many keys one expression may name: the texts of DynamoDB's expressions have 4 KB at most, and 300 operators.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MOST_KEYS = 80;

/** Whether a change names so few keys that each can be written alone. */
export function fitsExpression({ set, remove, condition }: RecordChange): boolean {
  return (set?.size ?? 0) + (remove?.size ?? 0) + (condition.values?.size ?? 0) <= MOST_KEYS;
}

/** The write that changes what a change names, whatever else has changed since the record was found. */
export function changeExpression(
  change: RecordChange,
  known: FoundSession,
  operation: string,
): WriteExpression {
  const write = new WriteExpression();
  requireUnchanged(write, change);
  for (const [key, value] of change.set ?? [])
    write.set(pathOf(write, key), write.value(valueAttribute(value)));
  for (const key of change.remove ?? []) write.remove(pathOf(write, key));
  remember(write, operation, change.add === undefined ? write.value(PRESENT) : addition(write, change.add));
  writeRecord(write, change, known);
  return write;
}

/** The write that puts all data in the place of what was read, if nothing was written since. */
export function rewriteExpression(
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
  write.require(`${write.path("revision")}=${write.value(textAttribute(revision))}`);
  write.set(write.path("data"), write.value(dataAttribute(values)));
  remember(write, operation, write.value(sum === undefined ? PRESENT : numberAttribute(sum)));
  writeRecord(write, change, known);
  return write;
}

function requireUnchanged(write: WriteExpression, { now, condition, add }: RecordChange): void {
  const { epoch, tokenHash, values } = condition;
  write.require(`attribute_not_exists(${write.path("ended")})`);
  write.require(`${write.path("expires")}>=${write.value(numberAttribute(now))}`);
  write.require(`${write.path("epoch")}=${write.value(numberAttribute(epoch))}`);
  if (tokenHash !== undefined)
    write.require(`${write.path("token")}=${write.value(textAttribute(tokenHash))}`);
  for (const [key, value] of values ?? []) write.require(expected(write, key, value));
  if (add !== undefined) {
    const path = pathOf(write, add.key);
    const number = write.value(textAttribute("N"));
    write.require(`(attribute_not_exists(${path}) OR attribute_type(${path},${number}))`);
  }
}

function expected(write: WriteExpression, key: string, value: StoredValue | undefined): string {
  const path = pathOf(write, key);
  return value === undefined
    ? `attribute_not_exists(${path})`
    : `${path}=${write.value(valueAttribute(value))}`;
}

/** Adds, and gives the sum as an operand. */
function addition(write: WriteExpression, { key, by }: NonNullable<RecordChange["add"]>): string {
  const path = pathOf(write, key);
  const sum = `if_not_exists(${path},${write.value(ZERO)})+${write.value(numberAttribute(by))}`;
  write.set(path, sum);
  return sum;
}

/** A write that is delivered twice finds its own id, so its condition does not hold the second time. */
function remember(write: WriteExpression, operation: string, outcome: string): void {
  const path = write.path("operations", operation);
  write.require(`attribute_not_exists(${path})`);
  write.set(path, outcome);
  write.set(write.path("revision"), write.value(textAttribute(operation)));
}

function writeRecord(write: WriteExpression, { now, record }: RecordChange, known: FoundSession): void {
  for (const [name, attribute] of recordAttributes(record ?? {})) {
    if (attribute === undefined) write.remove(write.path(name));
    else write.set(write.path(name), write.value(attribute));
  }
  for (const old of forgettable(known.operations ?? [], now)) write.remove(write.path("operations", old));
}

function pathOf(write: WriteExpression, key: string): string {
  return write.path("data", nameOfKey(key));
}

const ZERO: Attribute = { N: "0" };
