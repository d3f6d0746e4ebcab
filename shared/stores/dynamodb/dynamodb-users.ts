import { idsOfProvider } from "../provider-sessions.ts";
import type { UserRecord, UserSession } from "../session-record.ts";
import type { UserSessionChange } from "../session-store.ts";
import { tryUntilDone } from "../try-until-done.ts";
import {
  type FoundItem,
  type Item,
  parseNumber,
  toNumberAttribute,
  toStringAttribute,
} from "./dynamodb-attribute.ts";
import { WriteExpression } from "./dynamodb-expression.ts";
import { createMark } from "./dynamodb-operation.ts";
import type { Table, WriteResult } from "./dynamodb-table.ts";
import {
  GENERATIONS,
  isSameSession,
  parseUserItem,
  toMemberAttribute,
  toTtl,
  toUserPk,
} from "./dynamodb-user-item.ts";

/** Times of a session's last use. */
type Seen = Pick<UserSession, "lastSeenAt" | "expiresAt">;

/** Adds a session to a user's and removes others, if the generation is unchanged. */
export async function addUserSession(
  table: Table,
  userKey: string,
  change: UserSessionChange,
): Promise<boolean> {
  const { id, session, generation } = change;
  const result =
    generation === 0
      ? await table.put(toUserPk(userKey), toFirstItem(change), requireUnreadable())
      : await updateWithTtl(table, userKey, session, () => buildAddition(change));
  return result.done || isSameSession(parseUserItem(result.there)?.sessions.get(id), session);
}

/** Records a session's last use. Returns whether the session belongs to the user. */
export async function touchUserSession(
  table: Table,
  userKey: string,
  id: string,
  seen: Seen,
): Promise<boolean> {
  const result = await updateWithTtl(table, userKey, seen, () => buildTouch(id, seen));
  return result.done || parseUserItem(result.there)?.sessions.has(id) === true;
}

/**
 * Removes one session. Returns whether it existed, but false if the response was lost and another session was
 * removed before the next try.
 */
export async function removeUserSession(table: Table, userKey: string, id: string): Promise<boolean> {
  const removed = await remove(table, userKey, (user) => {
    if (!user.sessions.has(id)) return undefined;
    return { ids: () => [id], write: (write) => takeOut(write, id) };
  });
  return removed.length > 0;
}

/** Removes all sessions, or all but one. Returns the ids of the removed sessions. */
export function removeUserSessions(
  table: Table,
  userKey: string,
  except: string | undefined,
): Promise<readonly string[]> {
  return remove(table, userKey, (user) => {
    const kept = except === undefined ? undefined : user.sessions.get(except);
    if (except !== undefined && kept === undefined) return undefined;
    if (listOthers(user, except).length === 0) return undefined;
    return { ids: (before) => listOthers(before, except), write: (write) => keepOnly(write, except, kept) };
  });
}

/** Removes the sessions of an identity provider's session. Returns their ids. */
export function removeProviderSessions(
  table: Table,
  userKey: string,
  providerSession: string,
): Promise<readonly string[]> {
  return remove(table, userKey, ({ sessions, generation }) => {
    const ids = idsOfProvider(sessions, providerSession);
    if (ids.length === 0) return undefined;
    return {
      ids: () => ids,
      write(write) {
        write.require(`${write.path("generation")}=${write.value(toNumberAttribute(generation))}`);
        for (const id of ids) write.remove(write.path("sessions", id));
      },
    };
  });
}

/** Removal of sessions, planned from the item that was read. */
interface Removal {
  /** Returns the ids that it removes from the item as it is when the write is done. */
  ids(before: UserRecord): string[];
  write(write: WriteExpression): void;
}

/**
 * Reads the item and removes sessions from it. A parallel sign-in does not make the write fail, but a
 * parallel removal does; then everything is tried again.
 */
function remove(
  table: Table,
  userKey: string,
  plan: (user: UserRecord) => Removal | undefined,
): Promise<readonly string[]> {
  const pk = toUserPk(userKey);
  const mark = createMark();
  let expected: readonly string[] = [];
  return tryUntilDone(async () => {
    const item = await table.get(pk);
    if (item?.removal?.S === mark) return expected;
    const user = parseUserItem(item);
    const removal = user && plan(user);
    if (user === undefined || removal === undefined) return [];
    expected = removal.ids(user);
    const write = buildRemoval(mark, item);
    removal.write(write);
    const result = await table.update(pk, write, "old");
    return result.done ? removal.ids(parseUserItem(result.returned) ?? user) : undefined;
  });
}

function listOthers({ sessions }: UserRecord, except: string | undefined): string[] {
  return [...sessions.keys()].filter((id) => id !== except);
}

/** Returns the first item of a user, without its key. */
function toFirstItem({ id, session }: UserSessionChange): Item {
  return {
    generation: toNumberAttribute(1),
    sessions: { M: { [id]: toMemberAttribute(session) } },
    ttl: toTtl(session),
  };
}

/** Returns the condition that there is no item, or one that cannot be parsed. */
function requireUnreadable(): WriteExpression {
  const write = new WriteExpression();
  const generation = write.path("generation");
  const [least, most] = [GENERATIONS.least, GENERATIONS.most].map((bound) =>
    write.value(toNumberAttribute(bound)),
  );
  const isCounted = `${isType(write, "generation", "N")} AND ${generation} BETWEEN ${least} AND ${most}`;
  return write.require(`(NOT (${isCounted}) OR NOT ${isType(write, "sessions", "M")})`);
}

function buildAddition({ id, session, generation, remove }: UserSessionChange): WriteExpression {
  const write = new WriteExpression();
  write.require(`${write.path("generation")}=${write.value(toNumberAttribute(generation))}`);
  write.require(isType(write, "sessions", "M"));
  write.set(write.path("generation"), write.value(toNumberAttribute(generation + 1)));
  write.set(write.path("sessions", id), write.value(toMemberAttribute(session)));
  for (const other of remove) if (other !== id) write.remove(write.path("sessions", other));
  return write;
}

function buildTouch(id: string, { lastSeenAt, expiresAt }: Seen): WriteExpression {
  const write = new WriteExpression();
  const seen = write.path("sessions", id, "seen");
  const value = write.value(toNumberAttribute(lastSeenAt));
  write.require(`${seen}<=${value}`).set(seen, value);
  return write.set(write.path("sessions", id, "expires"), write.value(toNumberAttribute(expiresAt)));
}

/**
 * Returns the part of the write that every removal has. Its mark is unique, so a late duplicate never removes
 * a session that was added since.
 */
function buildRemoval(mark: string, item: FoundItem | undefined): WriteExpression {
  const write = new WriteExpression();
  const generation = write.path("generation");
  const path = write.path("removal");
  const last = item?.removal?.S;
  write.require(
    last === undefined
      ? `NOT ${isType(write, "removal", "S")}`
      : `${path}=${write.value(toStringAttribute(last))}`,
  );
  write.require(isType(write, "generation", "N"));
  write.set(generation, `${generation}+${write.value(toNumberAttribute(1))}`);
  return write.set(path, write.value(toStringAttribute(mark)));
}

function takeOut(write: WriteExpression, id: string): void {
  const path = write.path("sessions", id);
  write.require(`attribute_exists(${path})`).remove(path);
}

function keepOnly(write: WriteExpression, id: string | undefined, session: UserSession | undefined): void {
  const kept = id === undefined || session === undefined ? {} : { [id]: toMemberAttribute(session) };
  write.set(write.path("sessions"), write.value({ M: kept }));
  if (id === undefined || session === undefined) return;
  const seen = write.value(toNumberAttribute(session.lastSeenAt));
  write.require(`${write.path("sessions", id, "seen")}=${seen}`);
}

/**
 * Updates an item and extends its `ttl` for a session. If the `ttl` is already later, only the rest is
 * updated.
 */
async function updateWithTtl(
  table: Table,
  userKey: string,
  session: Seen,
  update: () => WriteExpression,
): Promise<WriteResult> {
  const pk = toUserPk(userKey);
  const ttl = toTtl(session);
  const write = update();
  const path = write.path("ttl");
  const value = write.value(ttl);
  write.set(path, value).require(`(${path}<=${value} OR NOT ${isType(write, "ttl", "N")})`);
  const result = await table.update(pk, write);
  const lasts = result.done ? undefined : parseNumber(result.there?.ttl);
  return lasts !== undefined && lasts > Number(ttl.N) ? table.update(pk, update()) : result;
}

function isType(write: WriteExpression, name: string, type: string): string {
  return `attribute_type(${write.path(name)},${write.value(toStringAttribute(type))})`;
}
