import { isInStore } from "./session-storage.ts";
import { SettingError } from "./setting-error.ts";
import { type Settings, settingOf } from "./settings.ts";

const DAY = 24 * 60 * 60;

/** The most keys that a secret may come to hold: a forged cookie is compared with each of them. */
const MOST_KEYS = 100;

/** Schedule of the rotation of keys; times are seconds. */
export interface KeyRotation {
  readonly days: number;
  readonly period: number;
  /** The longest that a session may live after its cookie was signed. */
  readonly longestLife: number;
}

/** Returns the rotation that the settings choose; `undefined` with `keyRotationDays=0`. */
export function keyRotationOf(settings: Settings): KeyRotation | undefined {
  const days = settingOf(settings, "keyRotationDays");
  if (days === 0) return undefined;
  return { days, period: days * DAY, longestLife: longestLifeOf(settings) };
}

/**
 * Rejects a rotation so frequent that the secret would have to hold more than 100 keys.
 *
 * @throws SettingError with one sentence
 */
export function refuseManyKeys(settings: Settings): void {
  const { days, period = 1, longestLife = 0 } = keyRotationOf(settings) ?? {};
  const keys = Math.ceil(longestLife / period) + 4;
  if (keys <= MOST_KEYS) return;
  const least = Math.ceil(longestLife / DAY / (MOST_KEYS - 4));
  throw new SettingError(
    `The setting keyRotationDays cannot be ${days}: with this lifetime the secret would hold ${keys} keys; take ${least} or more.`,
  );
}

/** The cookie of a server-side session counts a tenth longer than the session; see `cookieLifetime`. */
function longestLifeOf(settings: Settings): number {
  const lifetime = settingOf(settings, "lifetime");
  const cookie = isInStore(settings) ? Math.ceil(lifetime * 1.1) : lifetime;
  return cookie + settingOf(settings, "clockSkew");
}
