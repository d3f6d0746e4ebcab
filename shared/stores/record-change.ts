import type { EndCondition, RecordChange, SessionRecord, StoredValue } from "./session-record.ts";

/** Returns whether the condition of a change passes for an existing record. */
export function isFulfilled(record: SessionRecord, { now, condition, add }: RecordChange): boolean {
  return (
    record.expiresAt >= now &&
    record.epoch === condition.epoch &&
    (condition.tokenHash === undefined || record.tokenHash === condition.tokenHash) &&
    areUnchanged(record.values, condition.values) &&
    (add === undefined || typeof record.values.get(add.key) !== "string")
  );
}

function areUnchanged(
  values: ReadonlyMap<string, StoredValue>,
  expected: ReadonlyMap<string, StoredValue | undefined> = new Map(),
): boolean {
  for (const [key, value] of expected) if (values.get(key) !== value) return false;
  return true;
}

/** Returns the data after a change in a new map, and the sum if the change adds. */
export function changedValues(
  values: ReadonlyMap<string, StoredValue>,
  { set, remove, add }: Pick<RecordChange, "set" | "remove" | "add">,
): { readonly values: ReadonlyMap<string, StoredValue>; readonly sum?: number } {
  const changed = new Map(values);
  for (const key of remove ?? []) changed.delete(key);
  for (const [key, value] of set ?? []) changed.set(key, value);
  if (add === undefined) return { values: changed };
  const sum = Number(changed.get(add.key) ?? 0) + add.by;
  return { values: changed.set(add.key, sum), sum };
}

/** Returns whether a record passes the condition to be ended. */
export function isOnly({ values, epoch, userKey }: SessionRecord, only: EndCondition): boolean {
  const { keys } = only;
  return (
    (keys === undefined || [...values.keys()].every((key) => keys.has(key))) &&
    (only.epoch === undefined || epoch === only.epoch) &&
    (only.userKey === undefined || userKey === undefined || userKey === only.userKey) &&
    areUnchanged(values, only.values)
  );
}
