import type { OpenedSession } from "../session/opened-session.ts";
import { RESERVED } from "../session/reserved-keys.ts";
import type { RefusalReason, SessionLog } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { URLSafeTimedSerializer, Verified } from "./url-safe-timed-serializer.ts";

/** What all sessions of one interface share under one object of settings. */
export interface CookieContext {
  readonly settings: ResolvedSettings;
  readonly serializer: Pick<URLSafeTimedSerializer, "dumps" | "verify">;
  readonly json: TaggedJSON;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
  readonly log: SessionLog;
}

/** The result of verifying one cookie, and the size of its name and value in bytes. */
export interface VerifiedCookie {
  readonly refusal?: Verified["refusal"];
  readonly verified: Verified;
  readonly bytes: number;
}

/**
 * Returns the session of the first valid cookie (a second one of the same name may be older, or planted by somebody
 * else), or a new session. The reason of a refusal is logged.
 */
export function readCookies(
  cookies: readonly VerifiedCookie[],
  { settings, nowSeconds, log }: CookieContext,
): OpenedSession {
  const reasons: RefusalReason[] = [];
  for (const cookie of cookies) {
    const found = readCookie(cookie, settings, nowSeconds());
    if (typeof found === "object") return found;
    reasons.push(found);
  }
  const [reason] = reasons;
  if (reason === undefined) return { values: {}, isNew: true };
  log({ level: "WARN", event: "session_refused", reason, cookie: settings.cookie.name });
  return { values: {}, isNew: true, hasEnded: reasons.every(isEnd), refusal: reason };
}

function readCookie(
  { verified, bytes }: VerifiedCookie,
  { lifetime, absoluteLifetime }: ResolvedSettings,
  now: number,
): OpenedSession | RefusalReason {
  if (verified.refusal !== undefined) return verified.refusal;
  const { signedAt } = verified;
  const values = verified.read();
  if (values === undefined) return "unreadable_payload";
  const createdAt = toCreatedAt(values[RESERVED.created], signedAt);
  const lastsUntil = createdAt + absoluteLifetime;
  if (lastsUntil < now) return "absolute_lifetime";
  values[RESERVED.created] = createdAt;
  const stored = values[RESERVED.id];
  const id = typeof stored === "string" ? stored : undefined;
  const expiresAt = Math.min(signedAt + lifetime, lastsUntil);
  return { values, isNew: false, id, lastSeenAt: signedAt, expiresAt, bytes };
}

/** Returns when the session was created. Without a possible time in the cookie, it is as old as its signature. */
function toCreatedAt(created: unknown, signedAt: number): number {
  return typeof created === "number" && created >= 0 && created <= signedAt ? Math.floor(created) : signedAt;
}

function isEnd(reason: RefusalReason): boolean {
  return reason === "expired" || reason === "absolute_lifetime";
}
