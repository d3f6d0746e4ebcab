import { toSessionId } from "../crypto/identifiers.ts";
import type { OpenedSession } from "../session/opened-session.ts";
import { RESERVED } from "../session/reserved-keys.ts";
import type { RefusalReason } from "../session/session-log.ts";
import { lastSecondOf } from "../stores/session-life.ts";
import type { Found, StoredValue } from "../stores/session-record.ts";
import { decodeValues } from "../stores/stored-value.ts";
import type { PlainObject } from "../values/plain-object.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { ServerSideContext, SessionLookup } from "./server-side-session.ts";
import type { UnsignedToken } from "./session-token.ts";
import { isOver, judgeToken } from "./session-verdict.ts";
import { StoredSession } from "./stored-session.ts";

/** A cookie that was refused. */
interface Refused {
  readonly reason: RefusalReason;
  /** The id of the session, if the signature of the cookie is valid. */
  readonly id?: string;
  /** Whether the token was the current one until a change of privilege a few seconds ago. */
  readonly wasReplaced?: boolean | undefined;
}

/** Maximum number of store reads for one request (one per cookie). Browsers send one cookie. */
const MAX_READS = 4;

/**
 * Returns the session of the first valid token (a second cookie of the same name may be older, or planted by
 * an attacker), or a new session.
 *
 * @throws SessionUnavailableError when the store fails
 */
export async function findSession(
  tokens: readonly UnsignedToken[],
  context: ServerSideContext,
): Promise<SessionLookup> {
  const refused: Refused[] = [];
  for (const token of tokens) {
    if (refused.filter(({ id }) => id !== undefined).length === MAX_READS) break;
    const found = await readSession(token, context);
    if ("opened" in found) return found;
    refused.push(found);
  }
  const [first] = refused;
  if (first === undefined) return { opened: { values: {}, isNew: true } };
  const { reason, id } = first;
  const { name: cookie } = context.settings.cookie;
  context.log({ level: "WARN", event: "session_refused", reason, cookie, ...(id && { session: id }) });
  const hasEnded = refused.length === tokens.length && refused.every((one) => isOver(one.reason));
  const opened = { values: {}, isNew: true, hasEnded, refusal: reason };
  return { opened, replaced: refused.find(({ wasReplaced }) => wasReplaced)?.id };
}

async function readSession(
  unsigned: UnsignedToken,
  context: ServerSideContext,
): Promise<SessionLookup | Refused> {
  if (unsigned.refusal !== undefined) return { reason: unsigned.refusal };
  const { token, signedAt } = unsigned;
  const { store, settings, nowSeconds } = context;
  const now = nowSeconds();
  const id = toSessionId(token.key);
  const found = await store.read(id, token.userKey);
  if (isGhost(id, found)) await store.removeUserSession(`${token.userKey}`, id);
  const verdict = judgeToken(token, id, found, { now, settings });
  if (verdict.refusal !== undefined) return { reason: verdict.refusal, id, wasReplaced: verdict.wasReplaced };
  const stored = new StoredSession(context, { ...verdict, id, token, signedAt });
  const opened = openRecord(stored, context);
  return opened === undefined ? { reason: "unreadable_payload", id } : { opened, stored };
}

/** Returns whether a session that has ended still has an entry, because the second step of its end failed. */
function isGhost(id: string, { session, user }: Found): boolean {
  return typeof session === "string" && session !== "unreadable" && user?.sessions.has(id) === true;
}

function openRecord(
  { id, record }: StoredSession,
  { json, settings }: ServerSideContext,
): OpenedSession | undefined {
  const values = decode(record.values, json);
  if (values === undefined) return undefined;
  values[RESERVED.created] = record.createdAt;
  const { lastSeenAt, bytes } = record;
  return { values, isNew: false, id, lastSeenAt, expiresAt: lastSecondOf(record, settings), bytes };
}

function decode(values: ReadonlyMap<string, StoredValue>, json: TaggedJSON): PlainObject | undefined {
  try {
    return decodeValues(values, json);
  } catch {
    return undefined;
  }
}
