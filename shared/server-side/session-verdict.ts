import { timingSafeEqual } from "node:crypto";
import { hashOf } from "../crypto/identifiers.ts";
import type { RefusalReason } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import { expiryOf } from "../stores/session-life.ts";
import type { Found, FoundSession, UserSession } from "../stores/session-store.ts";
import { RENEWAL_GRACE } from "./session-renewal.ts";
import type { SessionToken } from "./session-token.ts";

/** What a token is worth: the record that it opens, or why it opens none. */
export type Verdict =
  | {
      readonly record: FoundSession;
      /** Whether the token is the present one; otherwise it is the one before, for a few seconds more. */
      readonly isCurrent: boolean;
      readonly userSession?: UserSession | undefined;
      readonly refusal?: never;
    }
  | {
      readonly refusal: RefusalReason;
      /** Whether the token was the present one until a moment ago, when the session's rights changed. */
      readonly wasReplaced?: boolean;
    };

/** When a verdict is given, and under which settings. */
export interface Circumstances {
  /** Seconds since the epoch. */
  readonly now: number;
  readonly settings: ResolvedSettings;
}

/** Judges a token by what the store holds. A session that is bound to a user counts only while the user lists it. */
export function verdictOn(
  { token, userKey }: SessionToken,
  id: string,
  { session, user }: Found,
  { now, settings }: Circumstances,
): Verdict {
  if (session === undefined) return { refusal: "unknown_session" };
  if (session === "unreadable") return { refusal: "unreadable_payload" };
  if (typeof session === "string") return { refusal: session };
  const standing = standingOf(hashOf(token), session, now);
  if (standing === "replaced") return { refusal: "token_replaced", wasReplaced: true };
  if (standing === "none" || session.userKey !== userKey) return { refusal: "token_replaced" };
  const expiry = expiryOf(session, now, settings);
  if (expiry !== undefined) return { refusal: expiry };
  const userSession = user?.sessions.get(id);
  if (userKey !== undefined && userSession === undefined) return { refusal: "revoked" };
  return { record: session, isCurrent: standing === "current", userSession };
}

/** Whether the visitor showed a session that is known to be over, so that the cookie is of no more use. */
export function isOver(reason: RefusalReason): boolean {
  return OVER.has(reason);
}

const OVER: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  "expired",
  "absolute_lifetime",
  "unknown_session",
  "destroyed",
  "revoked",
  "capped",
]);

/** A true token that is not the present one may have been on its way when the present one was made. */
function standingOf(
  tokenHash: string,
  { tokenHash: present, previous, renewedAt }: FoundSession,
  now: number,
): "current" | "previous" | "replaced" | "none" {
  if (isSame(tokenHash, present)) return "current";
  if (previous?.opens && previous.until >= now && isSame(tokenHash, previous.tokenHash)) return "previous";
  return now <= renewedAt + RENEWAL_GRACE ? "replaced" : "none";
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
