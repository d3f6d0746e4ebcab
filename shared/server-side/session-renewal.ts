import { createIdentifier, hashIdentifier } from "../crypto/identifiers.ts";
import { settingsFor } from "../stores/session-life.ts";
import type { PreviousToken, SessionRecord } from "../stores/session-record.ts";
import type { ServerSideContext, SessionSave } from "./server-side-session.ts";
import type { SessionToken } from "./session-token.ts";
import type { StoredSession } from "./stored-session.ts";

/** A new token for a session, and the changes of its record. */
export interface Renewal {
  readonly cause: "sign_in" | "privilege" | "periodic";
  readonly token: SessionToken;
  readonly record: Partial<SessionRecord>;
}

/** Seconds for which the previous token is remembered, for requests that were already under way. */
export const RENEWAL_GRACE = 10;

/**
 * Returns the renewal that is due. A change of privilege invalidates the previous token at once (OWASP,
 * session fixation). A periodic renewal keeps it valid until `RENEWAL_GRACE` after the first use of the new
 * one, and the next renewal waits for that.
 *
 * @param isSent whether the cookie is sent anyway: then the token is renewed too, if tokens are renewed at
 * all. A token that was just sent must not be replaced soon, because responses may arrive in another order.
 */
export function planRenewal(save: SessionSave, stored: StoredSession, isSent: boolean): Renewal | undefined {
  const { renewed, signedIn } = save.changes;
  if (renewed) return toRenewal(signedIn ? "sign_in" : "privilege", save, stored);
  return isDue(save.context, stored, isSent) ? toRenewal("periodic", save, stored) : undefined;
}

function isDue(
  { settings, nowSeconds }: ServerSideContext,
  { isCurrent, record }: StoredSession,
  isSent: boolean,
): boolean {
  if (!isCurrent || settings.renewAfter === Number.POSITIVE_INFINITY) return false;
  const isSettled = !(record.previous?.opens && record.previous.until >= nowSeconds());
  return isSettled && (isSent || nowSeconds() - record.renewedAt >= settings.renewAfter);
}

/**
 * Returns the current token of a session that was opened with the previous one, because the response that
 * carried it may have been lost. `undefined` if the current token is not a successor of the previous one.
 */
export function findCurrentToken(
  { signer }: ServerSideContext,
  { isCurrent, token, opened }: StoredSession,
): SessionToken | undefined {
  if (isCurrent) return token;
  const current = signer
    .successorsOf(token)
    .find((successor) => hashIdentifier(successor) === opened.tokenHash);
  return current === undefined ? undefined : { ...token, token: current };
}

/** Returns what is recorded when the new token of a periodic renewal is received for the first time. */
export function toConfirmation({ isCurrent, record }: StoredSession, now: number): PreviousToken | undefined {
  const { previous } = record;
  const isUnconfirmed = previous?.opens === true && previous.until > now + RENEWAL_GRACE;
  return isCurrent && isUnconfirmed ? { ...previous, until: now + RENEWAL_GRACE } : undefined;
}

function toRenewal(
  cause: Renewal["cause"],
  { context, changes }: SessionSave,
  { record, token }: StoredSession,
): Renewal {
  const now = context.nowSeconds();
  if (cause === "periodic") {
    const [successor = createIdentifier()] = context.signer.successorsOf(token);
    const { lifetime } = settingsFor(context.settings, record.lifetime);
    const previous = { tokenHash: record.tokenHash, until: now + lifetime, opens: true };
    return {
      cause,
      token: { ...token, token: successor },
      record: { tokenHash: hashIdentifier(successor), renewedAt: now, previous },
    };
  }
  const successor = createIdentifier();
  const userKey = changes.user && hashIdentifier(changes.user.id);
  const previous = { tokenHash: record.tokenHash, until: now + RENEWAL_GRACE, opens: false };
  return {
    cause,
    token: { key: token.key, token: successor, userKey },
    record: {
      tokenHash: hashIdentifier(successor),
      renewedAt: now,
      previous,
      epoch: record.epoch + 1,
      userKey,
    },
  };
}
