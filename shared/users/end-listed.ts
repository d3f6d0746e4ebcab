import type { EndReason, SessionEvent, SessionLog } from "../session/session-log.ts";
import type { SessionStore, UserSessionStore } from "../stores/session-store.ts";

/** Removes sessions from a user's list, and returns their ids. */
export type Removal = () => Promise<readonly string[]>;

/** Options of `endListed`. */
export interface EndListedOptions {
  readonly userKey: string;
  readonly reason: Extract<EndReason, "revoked" | "evicted">;
  readonly users: UserSessionStore;
  /** Stores the sessions themselves, unless they are in cookies. */
  readonly store?: Pick<SessionStore, "read" | "end"> | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly log: SessionLog;
  /** Cause of the end, if it is logged. */
  readonly cause?: SessionEvent["reason"];
}

/**
 * Ends the records of sessions that were removed from a user's list, which stops writes under way, and logs
 * them. Returns their number.
 *
 * A sign-in lists its session before it writes the record. If it fails because somebody else has signed in to
 * the session before, the list has a session of another user for a moment; that one is not ended.
 */
export async function endListed(ids: readonly string[], options: EndListedOptions): Promise<number> {
  const { reason, log, cause } = options;
  // A record that cannot be reached opens nothing any more, because the list does not have it.
  const areTheirs = await Promise.all(ids.map((id) => endRecord(id, options).catch(() => true)));
  const ended = ids.filter((_id, index) => areTheirs[index]);
  for (const session of ended)
    log({ level: "INFO", event: `session_${reason}`, session, ...(cause && { reason: cause }) });
  return ended.length;
}

/**
 * Returns whether the session was the user's. One that is in the list again was signed in meanwhile, and
 * stays; the epoch shows a sign-in that is saved after the read.
 */
async function endRecord(
  id: string,
  { userKey, reason, users, store, now }: EndListedOptions,
): Promise<boolean> {
  if (store === undefined) return true;
  const { session, user } = await store.read(id, userKey);
  if (user?.sessions.has(id)) return false;
  if (typeof session !== "object") return true;
  const isEnded = await store.end(id, { reason, now, only: { userKey, epoch: session.epoch } });
  if (isEnded) await users.removeUserSession(userKey, id);
  return isEnded;
}
