import { createIdentifier, hashIdentifier, toSessionId } from "../crypto/identifiers.ts";
import { ownLifetime, RESERVED } from "../session/reserved-keys.ts";
import type { SavedSession } from "../session/session-outcome.ts";
import { lifeOf, settingsFor } from "../stores/session-life.ts";
import { encodeValues } from "../stores/stored-value.ts";
import { endListed } from "../users/end-listed.ts";
import { assign, type PlainObject } from "../values/plain-object.ts";
import { collectChanges, isStoredValue } from "./pending-changes.ts";
import { type SessionSave, usersOf } from "./server-side-session.ts";
import { planFor, sendPlanned, writeChange } from "./session-change.ts";
import type { StoredSession, Written } from "./stored-session.ts";
import { sendToken } from "./token-cookie.ts";

/** The result of a write that failed because the session had ended or was renewed. */
type Conflict = Exclude<Written, { outcome: "done" | "refused" }>;

/**
 * Begins a session with these values.
 *
 * @throws SessionLimitError when the user has too many sessions
 */
export async function beginSession(save: SessionSave, values: PlainObject): Promise<SavedSession> {
  const { store, nowSeconds, json, settings } = save.context;
  const token = { key: createIdentifier(), token: createIdentifier(), userKey: toUserKey(save) };
  const id = toSessionId(token.key);
  const createdAt = Number(values[RESERVED.createdAt] ?? nowSeconds());
  const keys = Object.keys(values).filter(isStoredValue);
  const lifetime = ownLifetime(values);
  const record = {
    tokenHash: hashIdentifier(token.token),
    userKey: token.userKey,
    renewedAt: nowSeconds(),
    epoch: 0,
    createdAt,
    ...(lifetime !== undefined && { lifetime }),
    ...lifeOf(settingsFor(settings, lifetime), createdAt, nowSeconds()),
    values: encodeValues(values, keys, json),
  };
  await withEntry(save, id, () => store.begin(id, record));
  save.begun = id;
  const permanent = Boolean(values[RESERVED.permanent] ?? settings.permanent);
  return sendToken(token, save.context, { createdAt, lifetime, permanent });
}

/** Saves a sign-in to a stored session. If that session has ended or was renewed, the user gets a new one. */
export async function saveSignIn(save: SessionSave, stored: StoredSession): Promise<SavedSession> {
  const plan = planFor(save, stored);
  // Values that cannot be stored must throw before the user's list changes.
  collectChanges(save, stored);
  const wasListed = toUserKey(save) === stored.token.userKey;
  const attempt = await withEntry(save, stored.id, () => writeChange(save, stored, plan), wasListed);
  const { written } = attempt;
  return written.outcome === "done"
    ? sendPlanned(save, stored, attempt.plan)
    : signInAnew(save, stored, written);
}

/**
 * Begins a new session for a user whose session has ended or was renewed. The data of an ended session is not
 * restored; the values that this request set are kept. The entry of this request is removed, unless a
 * parallel sign-in of the same user owns it.
 */
async function signInAnew(
  save: SessionSave,
  { id }: StoredSession,
  { outcome, found }: Conflict,
): Promise<SavedSession> {
  const userKey = toUserKey(save);
  const isOthers = outcome === "renewed" && typeof found === "object" && found.userKey === userKey;
  if (userKey !== undefined && !isOthers) await save.context.store.removeUserSession(userKey, id);
  const { values, changedKeys, updates } = save.changes;
  if (outcome === "renewed") return beginSession(save, values);
  const kept: PlainObject = {};
  for (const key of changedKeys) if (Object.hasOwn(values, key)) assign(kept, key, values[key]);
  for (const [key, update] of updates) assign(kept, key, update(undefined));
  return beginSession(save, kept);
}

/**
 * Adds a session to its user's list before a write. If the write fails, an entry that was not there before is
 * removed.
 */
async function withEntry<T>(
  save: SessionSave,
  id: string,
  write: () => Promise<T>,
  wasListed = false,
): Promise<T> {
  const userKey = toUserKey(save);
  if (userKey === undefined) return write();
  const { store, nowSeconds, log } = save.context;
  try {
    const { authentication } = save.changes;
    const evicted = (await usersOf(save).add(userKey, id, save.request, { authentication })) ?? [];
    await endListed(evicted, { userKey, reason: "evicted", users: store, store, now: nowSeconds(), log });
    return await write();
  } catch (error) {
    // An entry that cannot be removed has no session, and expires like one.
    if (!wasListed) await store.removeUserSession(userKey, id).catch(() => {});
    throw error;
  }
}

function toUserKey({ changes }: SessionSave): string | undefined {
  return changes.user && hashIdentifier(changes.user.id);
}
