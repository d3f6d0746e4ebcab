import { openNew, type RefusedCookie } from "../cookie/refused-cookies.ts";
import { toSessionId } from "../crypto/identifiers.ts";
import type { OpenedSession } from "../session/opened-session.ts";
import { RESERVED } from "../session/reserved-keys.ts";
import { lastSecondOf } from "../stores/session-life.ts";
import type { Found, StoredValue } from "../stores/session-record.ts";
import { decodeValues } from "../stores/stored-value.ts";
import { MAX_READS } from "../users/user-session-list.ts";
import type { PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { ServerSideContext, SessionLookup } from "./server-side-session.ts";
import type { UnsignedToken } from "./session-token.ts";
import { judgeToken } from "./session-verdict.ts";
import { StoredSession } from "./stored-session.ts";

/** A token that was refused. The id of its session is known if its signature is valid. */
interface RefusedToken extends RefusedCookie {
  /** True if the token was the current one until a change of privilege a few seconds ago. */
  readonly wasReplaced?: boolean | undefined;
}

/**
 * Returns the session of the first valid token, or a new session.
 *
 * @param tokens in the order in which they are tried, newest first
 * @throws SessionUnavailableError when the store fails
 */
export async function findSession(
  tokens: readonly UnsignedToken[],
  context: ServerSideContext,
): Promise<SessionLookup> {
  const refused: RefusedToken[] = [];
  let reads = 0;
  for (const token of tokens) {
    if (reads === MAX_READS) break;
    const found = await readSession(token, context);
    if ("opened" in found) return found;
    refused.push(found);
    if (found.session) reads++;
  }
  const opened = openNew(refused, tokens.length, context);
  return { opened, replaced: refused.find(({ wasReplaced }) => wasReplaced)?.session };
}

async function readSession(
  unsigned: UnsignedToken,
  context: ServerSideContext,
): Promise<SessionLookup | RefusedToken> {
  if (unsigned.refusal) return { reason: unsigned.refusal };
  const { token, signedAt } = unsigned;
  const { store, settings, nowSeconds } = context;
  const now = nowSeconds();
  const id = toSessionId(token.key);
  const found = await store.read(id, token.userKey);
  if (isGhost(id, found)) await store.removeUserSession(`${token.userKey}`, id);
  const verdict = judgeToken(token, id, found, { now, settings });
  if (verdict.refusal) return { reason: verdict.refusal, session: id, wasReplaced: verdict.wasReplaced };
  const stored = new StoredSession(context, { ...verdict, id, token, signedAt });
  const opened = openRecord(stored, context);
  return opened === undefined ? { reason: "unreadable_payload", session: id } : { opened, stored };
}

/** Returns whether a session that has ended still has an entry, because the second step of its end failed. */
function isGhost(id: string, { session, user }: Found): boolean {
  return typeof session === "string" && session !== "unreadable" && user?.sessions.has(id) === true;
}

function openRecord(
  { id, record, userSession }: StoredSession,
  { json, settings }: ServerSideContext,
): OpenedSession | undefined {
  const values = decode(record.values, json);
  if (!values) return undefined;
  values[RESERVED.createdAt] = record.createdAt;
  delete values[RESERVED.lifetime];
  if (record.lifetime !== undefined) values[RESERVED.lifetime] = record.lifetime;
  const { lastSeenAt, bytes } = record;
  const listedUntil = userSession?.expiresAt ?? Number.POSITIVE_INFINITY;
  const expiresAt = Math.min(lastSecondOf(record, settings), listedUntil);
  return { values, isNew: false, id, lastSeenAt, expiresAt, bytes };
}

function decode(values: ReadonlyMap<string, StoredValue>, json: TaggedJSON): PlainObject | undefined {
  try {
    return decodeValues(values, json);
  } catch {
    return undefined;
  }
}
