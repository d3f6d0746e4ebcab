import type { ResolvedSettings } from "../session/session-settings.ts";
import type { SessionRecord } from "./session-record.ts";

/** How long a session lives that is seen now. Times are seconds since the epoch. */
export function lifeOf(
  { lifetime, absoluteLifetime }: ResolvedSettings,
  createdAt: number,
  now: number,
): Pick<SessionRecord, "lastSeenAt" | "expiresAt"> {
  return { lastSeenAt: now, expiresAt: Math.min(now + lifetime, createdAt + absoluteLifetime) };
}

/**
 * The last second in which a session may be used. Settings that have become stricter since it was saved
 * count.
 */
export function lastSecondOf(
  { lastSeenAt, createdAt, expiresAt }: Omit<SessionRecord, "values">,
  settings: ResolvedSettings,
): number {
  return Math.min(expiresAt, lifeOf(settings, createdAt, lastSeenAt).expiresAt);
}

/** Why a session has expired; `undefined` while it has not. */
export function expiryOf(
  record: SessionRecord,
  now: number,
  settings: ResolvedSettings,
): "absolute_lifetime" | "expired" | undefined {
  if (lastSecondOf(record, settings) >= now) return undefined;
  return record.createdAt + settings.absoluteLifetime < now ? "absolute_lifetime" : "expired";
}

/**
 * How long the cookie of a server-side session counts, in seconds: a tenth longer than the session after it
 * was last saved, since the cookie is sent again only when a tenth of the lifetime has passed.
 */
export function cookieLifetime({ lifetime }: ResolvedSettings): number {
  return Math.ceil(lifetime * 1.1);
}

/**
 * Whether a tenth of the lifetime has passed since a moment, so that a session is saved again though
 * unchanged.
 */
export function isTenthOver({ lifetime }: ResolvedSettings, since: number, now: number): boolean {
  return now - since >= lifetime / 10;
}
