import type { ConditionalWrite } from "../../conditional-store.ts";
import { type FoundItem, parseNumber, toNumberAttribute, toStringAttribute } from "../dynamodb-attribute.ts";
import { WriteExpression } from "../dynamodb-expression.ts";

/**
 * Attributes with the marks of the last writes, newest first. Each write moves the marks on by one. A write
 * that arrives again within the SDK's tries finds its mark, even if others wrote the item in between.
 */
const MARKS = ["mark0", "mark1", "mark2", "mark3", "mark4", "mark5", "mark6", "mark7"] as const;

/** Mark of an item that has fewer writes. No write has it. */
const NO_MARK = "-";

/**
 * Time for which DynamoDB keeps an item after its value has expired or was removed, in seconds. It is longer
 * than AWS accepts a request, so that no repeated write can bring the value back.
 */
const TTL_MARGIN = 24 * 60 * 60;

/** Parameters of a write. */
interface ValueWrite extends ConditionalWrite {
  readonly mark: string;
  readonly value: string;
  /** Current time in seconds since the epoch. */
  readonly now: number;
}

/** Returns the key `pk` of a value's item. */
export function toValuePk(key: string): string {
  return `item#${key}`;
}

/** Returns the value in an item, or `undefined` if there is none, or it has expired. */
export function parseValueItem(item: FoundItem | undefined, now: number): string | undefined {
  const expiresAt = parseNumber(item?.expires);
  return expiresAt !== undefined && expiresAt >= now ? item?.value?.S : undefined;
}

/** Returns whether an earlier try of a write reached the item. */
export function hasArrived(item: FoundItem | undefined, mark: string): boolean {
  return MARKS.some((name) => item?.[name]?.S === mark);
}

/** Returns the write of a value. */
export function buildWrite({ mark, value, expected, expiresAt, now }: ValueWrite): WriteExpression {
  const write = new WriteExpression();
  const present = isPresent(write, now);
  write.require(expected === undefined ? `NOT (${present})` : `${present} AND ${equals(write, expected)}`);
  write.set(write.path("value"), write.value(toStringAttribute(value)));
  write.set(write.path("expires"), write.value(toNumberAttribute(expiresAt)));
  return recordMark(write, mark, Math.max(expiresAt, now));
}

/** Returns the removal of a value. */
export function buildRemoval({
  mark,
  expected,
  now,
}: Pick<ValueWrite, "mark" | "expected" | "now">): WriteExpression {
  const write = new WriteExpression();
  write.require(isPresent(write, now));
  if (expected !== undefined) write.require(equals(write, expected));
  write.remove(write.path("value")).remove(write.path("expires"));
  return recordMark(write, mark, now);
}

/** Returns the condition that the item has a value that has not expired. */
function isPresent(write: WriteExpression, now: number): string {
  const isString = `attribute_type(${write.path("value")},${write.value(toStringAttribute("S"))})`;
  const isNumber = `attribute_type(${write.path("expires")},${write.value(toStringAttribute("N"))})`;
  const isLiving = `${write.path("expires")}>=${write.value(toNumberAttribute(now))}`;
  return `${isString} AND ${isNumber} AND ${isLiving}`;
}

function equals(write: WriteExpression, expected: string): string {
  return `${write.path("value")}=${write.value(toStringAttribute(expected))}`;
}

/** Adds the mark of a write, on the condition that the item does not have it, and the item's `ttl`. */
function recordMark(write: WriteExpression, mark: string, last: number): WriteExpression {
  const own = write.value(toStringAttribute(mark));
  const none = write.value(toStringAttribute(NO_MARK));
  const paths = MARKS.map((name) => write.path(name));
  write.require(`NOT (${paths.map((path) => `${path}=${own}`).join(" OR ")})`);
  for (const [index, path] of paths.entries()) {
    const newer = paths[index - 1];
    write.set(path, newer === undefined ? own : `if_not_exists(${newer},${none})`);
  }
  return write.set(write.path("ttl"), write.value(toNumberAttribute(last + TTL_MARGIN)));
}
