import { RESERVED } from "../session/reserved-keys.ts";
import { tryUntilDone } from "../stores/try-until-done.ts";
import type { ServerSideContext, SessionSave } from "./server-side-session.ts";
import type { StoredSession } from "./stored-session.ts";

/**
 * Ends a session that its visitor has cleared.
 *
 * The record is ended first, so that a parallel sign-in finds it ended and removes its own entry. If the
 * second step fails, the entry is removed when the cookie is sent again.
 */
export async function endSession({ context }: SessionSave, { id, token }: StoredSession): Promise<void> {
  const { store, nowSeconds, log } = context;
  const { ended, userKey } =
    token.userKey === undefined
      ? await endAnonymous(context, id)
      : { ended: await store.end(id, { reason: "destroyed", now: nowSeconds() }), userKey: token.userKey };
  if (ended) log({ level: "INFO", event: "session_destroyed", session: id });
  if (userKey !== undefined) await store.removeUserSession(userKey, id);
}

/**
 * Ends a session that nobody was signed in to. A parallel request may have signed a user in, who has an entry
 * then; the epoch tells whether that was before the end.
 */
function endAnonymous(
  { store, nowSeconds }: ServerSideContext,
  id: string,
): Promise<{ readonly ended: boolean; readonly userKey?: string | undefined }> {
  return tryUntilDone(async () => {
    const { session: found } = await store.read(id);
    if (typeof found !== "object") return { ended: false };
    const only = { keys: new Set(found.values.keys()), epoch: found.epoch };
    const ended = await store.end(id, { reason: "destroyed", now: nowSeconds(), only });
    return ended ? { ended, userKey: found.userKey } : undefined;
  });
}

/**
 * Ends a session that became empty, unless a parallel request has stored data in it. Returns whether it did.
 */
export async function endIfEmpty(
  { context, changes }: SessionSave,
  { id, record }: StoredSession,
): Promise<boolean> {
  const keys = new Set([...record.values.keys(), ...changes.changedKeys]);
  const values = new Map([[RESERVED.flashes, record.values.get(RESERVED.flashes)]]);
  const only = { keys, epoch: record.epoch, values };
  const ended = await context.store.end(id, { reason: "destroyed", now: context.nowSeconds(), only });
  if (ended) context.log({ level: "INFO", event: "session_destroyed", session: id });
  return ended;
}
