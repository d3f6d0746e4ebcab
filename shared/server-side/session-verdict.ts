import { timingSafeEqual } from "node:crypto";
import { hashIdentifier } from "../crypto/identifiers.ts";
import type { RefusalReason } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import { expiryOf } from "../stores/session-life.ts";
import type { Found, FoundSession, UserSession } from "../stores/session-record.ts";
import { RENEWAL_GRACE } from "./session-renewal.ts";
import type { SessionToken } from "./session-token.ts";

/** The record that a token opens, or why it opens none. */
export type Verdict =
  | {
      readonly record: FoundSession;
      /**
       * True if the token is the current one. Otherwise it is the previous one, which is valid for a few
       * seconds.
       */
      readonly isCurrent: boolean;
      readonly userSession?: UserSession | undefined;
      readonly refusal?: never;
    }
  | {
      readonly refusal: RefusalReason;
      /** True if the token was the current one until a change of privilege a few seconds ago. */
      readonly wasReplaced?: boolean;
    };

/** The time of a verdict, and the settings that it applies. */
export interface Circumstances {
  /** Seconds since the epoch. */
  readonly now: number;
  readonly settings: ResolvedSettings;
}

/**
 * Checks a token against the store's records. A session of a user is valid only while the user's list
 * contains it, and its entry has not expired.
 */
export function judgeToken(
  { token, userKey }: SessionToken,
  id: string,
  { session, user }: Found,
  { now, settings }: Circumstances,
): Verdict {
  if (!session) return { refusal: "unknown_session" };
  if (session === "unreadable") return { refusal: "unreadable_payload" };
  if (typeof session === "string") return { refusal: session };
  const match = matchToken(hashIdentifier(token), session, now);
  if (match === "replaced") return { refusal: "token_replaced", wasReplaced: true };
  if (match === "none" || session.userKey !== userKey) return { refusal: "token_replaced" };
  const expiry = expiryOf(session, now, settings);
  if (expiry) return { refusal: expiry };
  const userSession = user?.sessions.get(id);
  if (userKey !== undefined && !userSession) return { refusal: "revoked" };
  if (userSession && userSession.expiresAt < now) return { refusal: "expired" };
  return { record: session, isCurrent: match === "current", userSession };
}

/**
 * Compares a token with the current and the previous one. A signed token that is neither may have been
 * `replaced` just before the request was sent.
 */
function matchToken(
  tokenHash: string,
  { tokenHash: current, previous, renewedAt }: FoundSession,
  now: number,
): "current" | "previous" | "replaced" | "none" {
  if (isEqual(tokenHash, current)) return "current";
  if (previous?.opens && previous.until >= now && isEqual(tokenHash, previous.tokenHash)) return "previous";
  return now <= renewedAt + RENEWAL_GRACE ? "replaced" : "none";
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
