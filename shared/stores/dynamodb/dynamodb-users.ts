import type { UserRecord, UserSession } from "../session-record.ts";
import type { UserSessionChange } from "../session-store.ts";
import { tryUntilDone } from "../try-until-done.ts";
import { type FoundItem, type Item, numberAttribute, numberOf, textAttribute } from "./dynamodb-attribute.ts";
import { WriteExpression } from "./dynamodb-expression.ts";
import { newMark } from "./dynamodb-operation.ts";
import type { Table, WriteResult } from "./dynamodb-table.ts";
import {
  GENERATIONS,
  isSameSession,
  memberAttribute,
  timeToLive,
  userItemKey,
  userOf,
} from "./dynamodb-user-item.ts";

/** When a session was seen. */
type Seen = Pick<UserSession, "lastSeenAt" | "expiresAt">;

/** Adds a session to a user's and removes others, if the generation is still the same. */
export async function addUserSession(
  table: Table,
  userKey: string,
  change: UserSessionChange,
): Promise<boolean> {
  const { id, session, generation } = change;
  const result =
    generation === 0
      ? await table.put(userItemKey(userKey), firstItem(change), unreadable())
      : await updateWithTtl(table, userKey, session, () => additionOf(change));
  return result.done || isSameSession(userOf(result.there)?.sessions.get(id), session);
}

/** Notes when a session was seen, and says whether it is the user's. */
export async function touchUserSession(
  table: Table,
  userKey: string,
  id: string,
  seen: Seen,
): Promise<boolean> {
  const result = await updateWithTtl(table, userKey, seen, () => touchOf(id, seen));
  return result.done || userOf(result.there)?.sessions.has(id) === true;
}

/**
 * Removes one session, and says whether it was there. When the answer was lost, and another session was removed before
 * the next try, it says no.
 */
export async function removeUserSession(table: Table, userKey: string, id: string): Promise<boolean> {
  const removed = await remove(table, userKey, (user) => {
    if (!user.sessions.has(id)) return undefined;
    return { ids: () => [id], write: (write) => takeOut(write, id) };
  });
  return removed.length > 0;
}

/** Removes all sessions, or all but one, and gives the ids of those that were removed. */
export function removeUserSessions(
  table: Table,
  userKey: string,
  except: string | undefined,
): Promise<readonly string[]> {
  return remove(table, userKey, (user) => {
    const kept = except === undefined ? undefined : user.sessions.get(except);
    if (except !== undefined && kept === undefined) return undefined;
    if (othersOf(user, except).length === 0) return undefined;
    return { ids: (before) => othersOf(before, except), write: (write) => keepOnly(write, except, kept) };
  });
}

/** A removal of sessions, as it follows from what was read. */
interface Removal {
  /** What it removes of what is there when it is written. */
  ids(before: UserRecord): string[];
  write(write: WriteExpression): void;
}

/**
 * Reads what is there and removes from it. Sign-ins that come in between do not keep the write from being done; another
 * removal does, and then all begins again.
 */
function remove(
  table: Table,
  userKey: string,
  plan: (user: UserRecord) => Removal | undefined,
): Promise<readonly string[]> {
  const pk = userItemKey(userKey);
  const mark = newMark();
  let expected: readonly string[] = [];
  return tryUntilDone(async () => {
    const item = await table.get(pk);
    if (item?.removal?.S === mark) return expected;
    const user = userOf(item);
    const removal = user && plan(user);
    if (user === undefined || removal === undefined) return [];
    expected = removal.ids(user);
    const write = removalExpression(mark, item);
    removal.write(write);
    const result = await table.update(pk, write, "old");
    return result.done ? removal.ids(userOf(result.returned) ?? user) : undefined;
  });
}

function othersOf({ sessions }: UserRecord, except: string | undefined): string[] {
  return [...sessions.keys()].filter((id) => id !== except);
}

/** The item of a user who had none, without its key. */
function firstItem({ id, session }: UserSessionChange): Item {
  return {
    generation: numberAttribute(1),
    sessions: { M: { [id]: memberAttribute(session) } },
    ttl: timeToLive(session),
  };
}

/** The condition that there is no item, or none that can be read. */
function unreadable(): WriteExpression {
  const write = new WriteExpression();
  const generation = write.path("generation");
  const [least, most] = [GENERATIONS.least, GENERATIONS.most].map((bound) =>
    write.value(numberAttribute(bound)),
  );
  const isCounted = `${isType(write, "generation", "N")} AND ${generation} BETWEEN ${least} AND ${most}`;
  return write.require(`(NOT (${isCounted}) OR NOT ${isType(write, "sessions", "M")})`);
}

function additionOf({ id, session, generation, remove }: UserSessionChange): WriteExpression {
  const write = new WriteExpression();
  write.require(`${write.path("generation")}=${write.value(numberAttribute(generation))}`);
  write.require(isType(write, "sessions", "M"));
  write.set(write.path("generation"), write.value(numberAttribute(generation + 1)));
  write.set(write.path("sessions", id), write.value(memberAttribute(session)));
  for (const other of remove) if (other !== id) write.remove(write.path("sessions", other));
  return write;
}

function touchOf(id: string, { lastSeenAt, expiresAt }: Seen): WriteExpression {
  const write = new WriteExpression();
  const seen = write.path("sessions", id, "seen");
  const value = write.value(numberAttribute(lastSeenAt));
  write.require(`${seen}<=${value}`).set(seen, value);
  return write.set(write.path("sessions", id, "expires"), write.value(numberAttribute(expiresAt)));
}

/**
 * What every removal writes. Its mark tells it from others, and as marks never come again, a duplicate that is late
 * never removes what was added since.
 */
function removalExpression(mark: string, item: FoundItem | undefined): WriteExpression {
  const write = new WriteExpression();
  const generation = write.path("generation");
  const path = write.path("removal");
  const last = item?.removal?.S;
  write.require(
    last === undefined
      ? `NOT ${isType(write, "removal", "S")}`
      : `${path}=${write.value(textAttribute(last))}`,
  );
  write.require(isType(write, "generation", "N"));
  write.set(generation, `${generation}+${write.value(numberAttribute(1))}`);
  return write.set(path, write.value(textAttribute(mark)));
}

function takeOut(write: WriteExpression, id: string): void {
  const path = write.path("sessions", id);
  write.require(`attribute_exists(${path})`).remove(path);
}

function keepOnly(write: WriteExpression, id: string | undefined, session: UserSession | undefined): void {
  const kept = id === undefined || session === undefined ? {} : { [id]: memberAttribute(session) };
  write.set(write.path("sessions"), write.value({ M: kept }));
  if (id === undefined || session === undefined) return;
  const seen = write.value(numberAttribute(session.lastSeenAt));
  write.require(`${write.path("sessions", id, "seen")}=${seen}`);
}

/**
 * Updates an item and makes it last as long as a session needs; when it lasts longer already, it updates the rest
 * alone.
 */
async function updateWithTtl(
  table: Table,
  userKey: string,
  session: Seen,
  update: () => WriteExpression,
): Promise<WriteResult> {
  const pk = userItemKey(userKey);
  const ttl = timeToLive(session);
  const write = update();
  const path = write.path("ttl");
  const value = write.value(ttl);
  write.set(path, value).require(`(${path}<=${value} OR NOT ${isType(write, "ttl", "N")})`);
  const result = await table.update(pk, write);
  const lasts = result.done ? undefined : numberOf(result.there?.ttl);
  return lasts !== undefined && lasts > Number(ttl.N) ? table.update(pk, update()) : result;
}

function isType(write: WriteExpression, name: string, type: string): string {
  return `attribute_type(${write.path(name)},${write.value(textAttribute(type))})`;
}
