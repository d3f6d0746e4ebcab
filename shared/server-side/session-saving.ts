import { isMetadata } from "../session/reserved-keys.ts";
import { SessionConflictError } from "../session/session-errors.ts";
import type { SavedSession } from "../session/session-outcome.ts";
import type { SessionSave } from "./server-side-session.ts";
import { saveChange } from "./session-change.ts";
import { endIfEmpty, endSession } from "./session-ending.ts";
import { beginSession, saveSignIn } from "./session-sign-in.ts";
import type { StoredSession } from "./stored-session.ts";
import { deleteToken } from "./token-cookie.ts";

/** Saves a session that begins with this request. */
export async function saveNew(save: SessionSave): Promise<SavedSession> {
  const { context, opened, changes, status, vary } = save;
  refuseReplaced(save);
  switch (status) {
    case "unused":
      return { vary };
    case "read":
      return opened.hasEnded ? deleteToken(context) : { vary };
    case "changed":
      return beginSession(save, changes.values);
    case "emptied": {
      // A cookie that could not be verified is kept unless the handler removed data: another instance may
      // have its key.
      const hadData = opened.hasEnded || [...changes.changedKeys].some((key) => !isMetadata(key));
      return hadData ? deleteToken(context) : { vary };
    }
    case "destroyed":
      return deleteToken(context);
  }
}

/** Saves a session that the request brought. */
export async function saveStored(save: SessionSave, stored: StoredSession): Promise<SavedSession> {
  const { context, changes, status, vary } = save;
  switch (status) {
    case "unused":
      return context.settings.refreshEachRequest ? saveChange(save, stored) : { vary };
    case "read":
      return saveChange(save, stored);
    case "changed":
      if (changes.cleared) return replaceSession(save, stored);
      return changes.signedIn ? saveSignIn(save, stored) : saveChange(save, stored);
    case "emptied":
      return (await endIfEmpty(save, stored)) ? deleteToken(context) : saveChange(save, stored);
    case "destroyed":
      await endSession(save, stored);
      return deleteToken(context);
  }
}

/**
 * Ends a session, and begins another one. A sign-in that the settings refuse must not have ended the previous
 * one.
 */
async function replaceSession(save: SessionSave, stored: StoredSession): Promise<SavedSession> {
  const { signedIn, values } = save.changes;
  if (!signedIn) await endSession(save, stored);
  const saved = await beginSession(save, values);
  if (signedIn) await endSession(save, stored);
  return saved;
}

/**
 * Throws a conflict for changes of a request whose token was just replaced. The cookie is kept, because the
 * browser may have the new one.
 */
function refuseReplaced({ replaced, status, changes, context }: SessionSave): void {
  if (replaced === undefined || status === "unused" || status === "read" || changes.signedIn) return;
  context.log({ level: "WARN", event: "session_conflict", session: replaced, reason: "renewed" });
  throw new SessionConflictError("renewed", { vary: true });
}
