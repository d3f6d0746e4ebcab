import { hashOf, randomText } from "../crypto/identifiers.ts";
import { RESERVED } from "../session/reserved-keys.ts";
import type { PreviousToken, SessionRecord } from "../stores/session-store.ts";
import type { ServerSideSession } from "./server-side-session.ts";
import type { SessionToken } from "./session-token.ts";
import type { StoredSession } from "./stored-session.ts";

/** A new token for a session, and what becomes of its record. */
export interface Renewal {
  readonly cause: "sign_in" | "privilege" | "periodic";
  readonly token: SessionToken;
  readonly record: Partial<SessionRecord>;
}

/** How long the token of before is remembered, in seconds: for requests that were on their way already. */
export const RENEWAL_GRACE = 10;

/**
 * The renewal that is due. A change of privilege makes the old token worthless at once (OWASP, session fixation). A
 * periodic renewal leaves it readable until `RENEWAL_GRACE` after the first use of the new one, and the next one waits
 * for that.
 *
 * @param isSent whether the cookie is sent again anyway: then the token is renewed too, where tokens are. A token that
 * was just sent must not be replaced soon, since answers may arrive in another order.
 */
export function renewalOf(
  session: ServerSideSession,
  stored: StoredSession,
  isSent: boolean,
): Renewal | undefined {
  if (session.renewed) return renewal(isSignIn(session) ? "sign_in" : "privilege", session, stored);
  return isDue(session, stored, isSent) ? renewal("periodic", session, stored) : undefined;
}

function isDue(
  { context }: ServerSideSession,
  { isCurrent, record }: StoredSession,
  isSent: boolean,
): boolean {
  const { settings, now } = context;
  const isOld = now() - record.renewedAt >= settings.renewAfter;
  const renews = settings.renewAfter !== Number.POSITIVE_INFINITY;
  const isSettled = !(record.previous?.opens && record.previous.until >= now());
  return isCurrent && isSettled && (isOld || (isSent && renews));
}

/**
 * The present token of a session that was opened with the one before: the visitor is told it again, since the answer
 * that told it may have been lost. `undefined` where it is no successor of the one before.
 */
export function presentToken(session: ServerSideSession, stored: StoredSession): SessionToken | undefined {
  if (stored.isCurrent) return stored.token;
  const successors = session.context.signer.successorsOf(stored.token);
  const token = successors.find((successor) => hashOf(successor) === stored.opened.tokenHash);
  return token === undefined ? undefined : { ...stored.token, token };
}

/** What is noted when the new token of a periodic renewal comes back for the first time. */
export function confirmationOf({ isCurrent, record }: StoredSession, now: number): PreviousToken | undefined {
  const { previous } = record;
  if (!isCurrent || !isUnconfirmed(previous, now)) return undefined;
  return { ...previous, until: now + RENEWAL_GRACE };
}

/** Whether the token of before still opens the session since the new one was not used yet. */
function isUnconfirmed(previous: PreviousToken | undefined, now: number): previous is PreviousToken {
  return previous?.opens === true && previous.until > now + RENEWAL_GRACE;
}

/** Whether the request signed somebody in. */
export function isSignIn(session: ServerSideSession): boolean {
  return session.changedKeys.has(RESERVED.user) && session.user !== undefined;
}

function renewal(
  cause: Renewal["cause"],
  session: ServerSideSession,
  { record, token }: StoredSession,
): Renewal {
  const { now: clock, settings } = session.context;
  const now = clock();
  const [successor = randomText()] = cause === "periodic" ? session.context.signer.successorsOf(token) : [];
  const userKey = session.user && hashOf(session.user.id);
  const next = { tokenHash: hashOf(successor), renewedAt: now };
  const replaced = { tokenHash: record.tokenHash, until: now + RENEWAL_GRACE, opens: false };
  const shown = { tokenHash: record.tokenHash, until: now + settings.lifetime, opens: true };
  return {
    cause,
    token: { key: token.key, token: successor, userKey },
    record:
      cause === "periodic"
        ? { ...next, previous: shown }
        : { ...next, previous: replaced, epoch: record.epoch + 1, userKey },
  };
}
