import type { EndReason } from "../../session/session-log.ts";
import { recordBytes } from "../record-size.ts";
import type { FoundSession, PreviousToken, SessionRecord, StoredValue, Unusable } from "../session-record.ts";
import {
  type Attribute,
  type FoundItem,
  type Item,
  isComplete,
  parseNumber,
  toNumberAttribute,
  toStringAttribute,
} from "./dynamodb-attribute.ts";
import { parseAttributeName, toAttributeName } from "./dynamodb-key-name.ts";

/**
 * Attributes of a session's item besides its key `pk`. `operations` contains the recent writes by id, with
 * the sum if one added; `revision` is the id of the last write. The item of a session that has ended contains
 * only `ended`, `revision` and `ttl`.
 */
const ATTRIBUTES = {
  tokenHash: "token",
  previous: "previous",
  renewedAt: "renewed",
  epoch: "epoch",
  createdAt: "created",
  lastSeenAt: "seen",
  expiresAt: "expires",
  userKey: "user",
  lifetime: "lifetime",
} as const satisfies Record<keyof Omit<SessionRecord, "values">, string>;

/**
 * Minimum time for which DynamoDB keeps an expired item, in seconds, because another machine's clock may
 * differ.
 */
const TTL_MARGIN = 60;

/**
 * Time for which the item of an ended session is kept, in seconds. AWS accepts no request that is older than
 * minutes.
 */
const TOMBSTONE_LIFE = 24 * 60 * 60;

const END_REASONS: readonly string[] = ["destroyed", "revoked", "evicted"] satisfies EndReason[];

/** Returns the key `pk` of a session's item. */
export function toSessionPk(id: string): string {
  return `session#${id}`;
}

/** Returns the item of a new session without its key. */
export function toSessionItem(record: SessionRecord, operation: string): Item {
  const about = toRecordAttributes(record).filter(
    (entry): entry is [string, Attribute] => entry[1] !== undefined,
  );
  return {
    ...Object.fromEntries(about),
    data: toDataAttribute(record.values),
    operations: { M: {} },
    revision: toStringAttribute(operation),
  };
}

/** Returns the item of a session that has ended, without its key. */
export function toTombstone(reason: EndReason, now: number, operation: string): Item {
  return {
    ended: toStringAttribute(reason),
    revision: toStringAttribute(operation),
    ttl: toNumberAttribute(now + TOMBSTONE_LIFE),
  };
}

/** Returns the attributes for the given fields of a record; `undefined` marks attributes to remove. */
export function toRecordAttributes(
  record: Partial<Omit<SessionRecord, "values">>,
): [name: string, attribute: Attribute | undefined][] {
  const about = Object.entries(ATTRIBUTES)
    .filter(([field]) => Object.hasOwn(record, field))
    .map(([field, name]): [string, Attribute | undefined] => [
      name,
      toRecordAttribute(record[field as keyof typeof ATTRIBUTES]),
    ]);
  const { expiresAt } = record;
  return expiresAt === undefined ? about : [...about, ["ttl", toNumberAttribute(expiresAt + TTL_MARGIN)]];
}

/** Returns the data of a session as one map. */
export function toDataAttribute(values: ReadonlyMap<string, StoredValue>): Attribute {
  const entries = [...values].map(([key, value]) => [toAttributeName(key), toValueAttribute(value)] as const);
  return { M: Object.fromEntries(entries) };
}

/** Returns one value of a session's data as an attribute value. */
export function toValueAttribute(value: StoredValue): Attribute {
  return typeof value === "number" ? toNumberAttribute(value) : toStringAttribute(value);
}

/** Returns the session in an item, or `undefined` without an item. */
export function parseSessionItem(item: FoundItem | undefined): FoundSession | Unusable | undefined {
  if (!item) return undefined;
  if (item.ended) {
    // Version 0.1 wrote `capped` for `evicted`.
    const reason = item.ended.S === "capped" ? "evicted" : item.ended.S;
    return isEndReason(reason) ? reason : "unreadable";
  }
  return parseSession(item) ?? "unreadable";
}

function isEndReason(text: string | undefined): text is EndReason {
  return text !== undefined && END_REASONS.includes(text);
}

function parseSession(item: FoundItem): FoundSession | undefined {
  const values = parseData(item.data?.M);
  const needed = {
    tokenHash: item.token?.S,
    renewedAt: parseNumber(item.renewed),
    epoch: parseNumber(item.epoch),
    createdAt: parseNumber(item.created),
    lastSeenAt: parseNumber(item.seen),
    expiresAt: parseNumber(item.expires),
    values,
    operations: item.operations?.M && Object.keys(item.operations.M),
    bytes: values && recordBytes(values),
  };
  const optional = {
    ...(item.previous && { previous: parsePrevious(item.previous.M) }),
    ...(item.user && { userKey: item.user.S }),
    ...(item.lifetime && { lifetime: parseNumber(item.lifetime) }),
  };
  if (item.revision?.S === undefined || !isComplete(needed) || !isComplete(optional)) return undefined;
  return { ...needed, ...optional };
}

function parseData(map: FoundItem | undefined): ReadonlyMap<string, StoredValue> | undefined {
  if (!map) return undefined;
  const values = new Map<string, StoredValue>();
  for (const name of Object.keys(map)) {
    const key = parseAttributeName(name);
    const value = map[name]?.S ?? parseNumber(map[name]);
    if (key === undefined || value === undefined) return undefined;
    values.set(key, value);
  }
  return values;
}

function parsePrevious(map: FoundItem | undefined): PreviousToken | undefined {
  const previous = { tokenHash: map?.token?.S, until: parseNumber(map?.until), opens: map?.opens?.BOOL };
  return isComplete(previous) ? previous : undefined;
}

function toRecordAttribute(value: string | number | PreviousToken | undefined): Attribute | undefined {
  if (typeof value !== "object") return value === undefined ? undefined : toValueAttribute(value);
  const { tokenHash, until, opens } = value;
  return {
    M: { token: toStringAttribute(tokenHash), until: toNumberAttribute(until), opens: { BOOL: opens } },
  };
}
