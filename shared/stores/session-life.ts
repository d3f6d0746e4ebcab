import { lifetimesOf, RESERVED } from "../session/reserved-keys.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import type { SessionRecord } from "./session-record.ts";

/** Returns the settings with the lifetimes that apply to a session with this lifetime of its own. */
export function settingsFor(settings: ResolvedSettings, own: number | undefined): ResolvedSettings {
  return own === undefined ? settings : lifetimesOf({ [RESERVED.lifetime]: own }, settings);
}

/** Returns the times of a session that is used now. Times are seconds since the epoch. */
export function lifeOf(
  { lifetime, absoluteLifetime }: ResolvedSettings,
  createdAt: number,
  now: number,
): Pick<SessionRecord, "lastSeenAt" | "expiresAt"> {
  return { lastSeenAt: now, expiresAt: Math.min(now + lifetime, createdAt + absoluteLifetime) };
}

/**
 * Returns the last second in which a session may be used. If the settings have become stricter since it was
 * saved, they apply.
 */
export function lastSecondOf(
  { lastSeenAt, createdAt, expiresAt, lifetime }: Omit<SessionRecord, "values">,
  settings: ResolvedSettings,
): number {
  return Math.min(expiresAt, lifeOf(settingsFor(settings, lifetime), createdAt, lastSeenAt).expiresAt);
}

/** Returns the reason for which a session has expired, or `undefined` if it has not. */
export function expiryOf(
  record: SessionRecord,
  now: number,
  settings: ResolvedSettings,
): "absolute_lifetime" | "expired" | undefined {
  if (lastSecondOf(record, settings) >= now) return undefined;
  return record.createdAt + settingsFor(settings, record.lifetime).absoluteLifetime < now
    ? "absolute_lifetime"
    : "expired";
}

/**
 * Returns the maximum age of a server-side session's cookie in seconds. It is a tenth longer than the session
 * after its last save, because the cookie is sent again only after a tenth of the lifetime.
 */
export function cookieLifetime({ lifetime }: ResolvedSettings): number {
  return Math.ceil(lifetime * 1.1);
}

/**
 * Returns whether a tenth of the lifetime has passed since a time, so that even an unchanged session is saved
 * again.
 */
export function isTenthOver({ lifetime }: ResolvedSettings, since: number, now: number): boolean {
  return now - since >= lifetime / 10;
}
