import { ownLifetime, RESERVED } from "../session/reserved-keys.ts";
import type { SavedSession } from "../session/session-outcome.ts";
import { isTenthOver, settingsFor } from "../stores/session-life.ts";
import { tryUntilDone } from "../stores/try-until-done.ts";
import { collectChanges } from "./pending-changes.ts";
import { type SessionSave, usersOf } from "./server-side-session.ts";
import { findCurrentToken, planRenewal, type Renewal, toConfirmation } from "./session-renewal.ts";
import type { SessionToken } from "./session-token.ts";
import type { StoredSession, Write, Written } from "./stored-session.ts";
import { deleteToken, sendToken } from "./token-cookie.ts";

/** A write to a stored session, and the token that the response carries afterwards. */
interface Plan {
  /** The new token, if one is due. */
  readonly renewal?: Renewal | undefined;
  /** The current token, if the response carries it signed again. */
  readonly refreshed?: SessionToken | undefined;
}

/** The result of a write, and the plan that was carried out in the end. */
export interface Attempt {
  readonly written: Exclude<Written, { outcome: "refused" }>;
  readonly plan: Plan;
}

/**
 * Saves the changes of a request, and renews or refreshes the token when that is due.
 *
 * @throws SessionConflictError when the session ended or was renewed meanwhile, so that the changes are lost
 */
export async function saveChange(save: SessionSave, stored: StoredSession): Promise<SavedSession> {
  const plan = planFor(save, stored);
  if (!hasChanges(save) && !plan.renewal && !plan.refreshed) return { vary: save.vary };
  const { id, userSession, token, record } = stored;
  const isListed =
    token.userKey === undefined ||
    !userSession ||
    (await usersOf(save).touch(token.userKey, id, userSession, record.createdAt));
  if (!isListed) return handleConflict(save, stored, "ended");
  const attempt = await writeChange(save, stored, plan);
  const { outcome } = attempt.written;
  return outcome === "done" ? sendPlanned(save, stored, attempt.plan) : handleConflict(save, stored, outcome);
}

/** Plans a save: the renewal that is due, or the current token if the cookie is to be sent again. */
export function planFor(save: SessionSave, stored: StoredSession): Plan {
  const isDue = isSaveDue(save, stored);
  const renewal = planRenewal(save, stored, isDue);
  if (renewal) return { renewal };
  const isUnsettled = !stored.isCurrent || toConfirmation(stored, save.context.nowSeconds()) !== undefined;
  return { refreshed: isDue || isUnsettled ? findCurrentToken(save.context, stored) : undefined };
}

/** Writes the changes, and tries again with the current record if a parallel request has changed it. */
export function writeChange(save: SessionSave, stored: StoredSession, plan: Plan): Promise<Attempt> {
  let current = plan;
  return tryUntilDone(async () => {
    const written = await stored.write(toWrite(save, stored, current));
    if (written.outcome !== "refused") return { written, plan: current };
    current = withoutReplacedToken(current, stored);
    return undefined;
  });
}

/** Returns the headers of the response after a write that succeeded. */
export function sendPlanned(save: SessionSave, stored: StoredSession, plan: Plan): SavedSession {
  const { context, changes, vary } = save;
  const { renewal, refreshed } = plan;
  if (renewal)
    context.log({ level: "INFO", event: "session_renewed", session: stored.id, reason: renewal.cause });
  const token = renewal?.token ?? refreshed;
  if (token === undefined) return { vary };
  return sendToken(token, context, { ...stored.record, permanent: changes.permanent });
}

/** Handles a session that had ended or was renewed before the write. Throws if changes are lost. */
function handleConflict(
  save: SessionSave,
  stored: StoredSession,
  outcome: "ended" | "renewed",
): SavedSession {
  const isEmptied = save.status === "emptied" && outcome === "ended";
  if (hasChanges(save) && !isEmptied) throw stored.conflict(outcome);
  if (outcome === "renewed") return { vary: save.vary };
  save.context.log({ level: "INFO", event: "session_gone", session: stored.id, reason: outcome });
  return deleteToken(save.context);
}

/** Returns whether the request changed the session. */
function hasChanges({ status }: SessionSave): boolean {
  return status !== "unused" && status !== "read";
}

/** Returns whether to save even if nothing changed, so that neither the session nor its cookie expires. */
function isSaveDue(save: SessionSave, stored: StoredSession): boolean {
  const { context, changes } = save;
  const lifetime = ownLifetime(changes.values);
  const settings = settingsFor(context.settings, lifetime);
  const wasPermanent = stored.opened.values.get(RESERVED.permanent) ?? `${settings.permanent}`;
  if (wasPermanent !== `${changes.permanent}` || stored.opened.lifetime !== lifetime) return true;
  if (changes.permanent && settings.refreshEachRequest) return true;
  const { record, signedAt, userSession } = stored;
  if (userSession && usersOf(save).isDue(userSession, record.createdAt)) return true;
  return isTenthOver(settings, Math.min(record.lastSeenAt, signedAt), context.nowSeconds());
}

/** Combines the changes of the request and the plan into one write. */
function toWrite(save: SessionSave, stored: StoredSession, { renewal, refreshed }: Plan): Write {
  const { set, remove, values, ...pending } = collectChanges(save, stored);
  const keepsToken = refreshed !== undefined || renewal?.cause === "periodic";
  const condition = {
    ...(keepsToken && { tokenHash: stored.opened.tokenHash }),
    ...(values.size > 0 && { values }),
  };
  const previous = refreshed ? toConfirmation(stored, save.context.nowSeconds()) : undefined;
  const record = {
    ...renewal?.record,
    ...(previous !== undefined && { previous }),
    ...pending.record,
  };
  return { set, remove, condition, record };
}

/** Returns the plan without the old token, if a parallel request has replaced it. */
function withoutReplacedToken(plan: Plan, { record, opened }: StoredSession): Plan {
  if (record.tokenHash === opened.tokenHash) return plan;
  return plan.renewal?.cause === "periodic" ? {} : { renewal: plan.renewal };
}
