import type { EndReason } from "../../session/session-log.ts";
import { recordBytes } from "../record-size.ts";
import type { FoundSession, PreviousToken, SessionRecord, StoredValue, Unusable } from "../session-record.ts";
import {
  type Attribute,
  type FoundItem,
  type Item,
  isComplete,
  numberAttribute,
  numberOf,
  textAttribute,
} from "./dynamodb-attribute.ts";
import { keyOfName, nameOfKey } from "./dynamodb-key-name.ts";

/**
 * The attributes of a session's item, beside its key `pk`. `operations` are the writes of the last seconds by their
 * ids, with the sum where one added; `revision` is the id of the last one. An ended session keeps `ended`, `revision`
 * and `ttl` alone.
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
} as const satisfies Record<keyof Omit<SessionRecord, "values">, string>;

/** How long DynamoDB keeps a record after it has expired, in seconds, at least: another machine's clock may differ. */
const SLACK = 60;

/** How long an ended session is remembered, in seconds. AWS takes no request that is older than minutes. */
const TOMBSTONE_LIFE = 24 * 60 * 60;

const END_REASONS: readonly string[] = ["destroyed", "revoked", "evicted"] satisfies EndReason[];

/** What stands before a session's id in `pk`. */
export function sessionKey(id: string): string {
  return `session#${id}`;
}

/** The item of a new session, without its key. */
export function sessionItem(record: SessionRecord, operation: string): Item {
  const about = recordAttributes(record).filter(
    (entry): entry is [string, Attribute] => entry[1] !== undefined,
  );
  return {
    ...Object.fromEntries(about),
    data: dataAttribute(record.values),
    operations: { M: {} },
    revision: textAttribute(operation),
  };
}

/** What is left of a session that has ended, without its key. */
export function tombstone(reason: EndReason, now: number, operation: string): Item {
  return {
    ended: textAttribute(reason),
    revision: textAttribute(operation),
    ttl: numberAttribute(now + TOMBSTONE_LIFE),
  };
}

/** The attributes that a record, or a change of one, gives to an item; `undefined` for those that it takes away. */
export function recordAttributes(
  record: Partial<Omit<SessionRecord, "values">>,
): [name: string, attribute: Attribute | undefined][] {
  const about = Object.entries(ATTRIBUTES)
    .filter(([field]) => Object.hasOwn(record, field))
    .map(([field, name]): [string, Attribute | undefined] => [
      name,
      attributeOf(record[field as keyof typeof ATTRIBUTES]),
    ]);
  const { expiresAt } = record;
  return expiresAt === undefined ? about : [...about, ["ttl", numberAttribute(expiresAt + SLACK)]];
}

/** The data of a session as one map. */
export function dataAttribute(values: ReadonlyMap<string, StoredValue>): Attribute {
  const entries = [...values].map(([key, value]) => [nameOfKey(key), valueAttribute(value)] as const);
  return { M: Object.fromEntries(entries) };
}

/** One value of a session's data. */
export function valueAttribute(value: StoredValue): Attribute {
  return typeof value === "number" ? numberAttribute(value) : textAttribute(value);
}

/** What an item says of its session; nothing for no item. */
export function sessionOf(item: FoundItem | undefined): FoundSession | Unusable | undefined {
  if (item === undefined) return undefined;
  if (item.ended !== undefined) {
    // Version 0.1 wrote `capped` for `evicted`.
    const reason = item.ended.S === "capped" ? "evicted" : item.ended.S;
    return isEndReason(reason) ? reason : "unreadable";
  }
  return readSession(item) ?? "unreadable";
}

function isEndReason(text: string | undefined): text is EndReason {
  return text !== undefined && END_REASONS.includes(text);
}

function readSession(item: FoundItem): FoundSession | undefined {
  const values = readData(item.data?.M);
  const needed = {
    tokenHash: item.token?.S,
    renewedAt: numberOf(item.renewed),
    epoch: numberOf(item.epoch),
    createdAt: numberOf(item.created),
    lastSeenAt: numberOf(item.seen),
    expiresAt: numberOf(item.expires),
    values,
    operations: item.operations?.M && Object.keys(item.operations.M),
    bytes: values && recordBytes(values),
  };
  const optional = {
    ...(item.previous && { previous: readPrevious(item.previous.M) }),
    ...(item.user && { userKey: item.user.S }),
  };
  if (item.revision?.S === undefined || !isComplete(needed) || !isComplete(optional)) return undefined;
  return { ...needed, ...optional };
}

function readData(map: FoundItem | undefined): ReadonlyMap<string, StoredValue> | undefined {
  if (map === undefined) return undefined;
  const values = new Map<string, StoredValue>();
  for (const name of Object.keys(map)) {
    const key = keyOfName(name);
    const value = map[name]?.S ?? numberOf(map[name]);
    if (key === undefined || value === undefined) return undefined;
    values.set(key, value);
  }
  return values;
}

function readPrevious(map: FoundItem | undefined): PreviousToken | undefined {
  const previous = { tokenHash: map?.token?.S, until: numberOf(map?.until), opens: map?.opens?.BOOL };
  return isComplete(previous) ? previous : undefined;
}

function attributeOf(value: string | number | PreviousToken | undefined): Attribute | undefined {
  if (typeof value !== "object") return value === undefined ? undefined : valueAttribute(value);
  const { tokenHash, until, opens } = value;
  return { M: { token: textAttribute(tokenHash), until: numberAttribute(until), opens: { BOOL: opens } } };
}
