import { isInStore } from "./session-storage.ts";
import { createContradiction } from "./setting-error.ts";
import { type Settings, settingOf } from "./settings.ts";

const DAY = 24 * 60 * 60;

/** Longest life of a provider's tokens in seconds, for sessions without an absolute lifetime. */
const LONGEST = 400 * DAY;

const NEVER = Number.POSITIVE_INFINITY;

/** Maximum number of keys in a secret, because a forged cookie is verified with each of them. */
const MOST_KEYS = 100;

/** Schedule of the key rotation. Times are seconds. */
export interface KeyRotation {
  readonly days: number;
  readonly period: number;
  /** Longest time that a cookie, or something else that a key has sealed, can be valid. */
  readonly longestLife: number;
}

/** Returns the rotation that the settings choose; `undefined` with `keyRotationDays=0`. */
export function readKeyRotation(settings: Settings): KeyRotation | undefined {
  const days = settingOf(settings, "keyRotationDays");
  if (days === 0) return undefined;
  return { days, period: days * DAY, longestLife: computeLongestLife(settings) };
}

/**
 * Rejects a rotation so frequent that the secret would contain more than 100 keys.
 *
 * @throws SettingError that names the smallest allowed number of days
 */
export function refuseManyKeys(settings: Settings): void {
  const { days, period = 1, longestLife = 0 } = readKeyRotation(settings) ?? {};
  const keys = Math.ceil(longestLife / period) + 4;
  if (keys <= MOST_KEYS) return;
  const least = Math.ceil(longestLife / DAY / (MOST_KEYS - 4));
  const problem = `would make the secret contain ${keys} keys with this lifetime. Use ${least} or more`;
  throw createContradiction("keyRotationDays", days, problem);
}

/**
 * Returns the longest lifetime of a cookie, also that of a remembered session, or of what else a key has
 * sealed. The cookie of a server-side session is valid a tenth longer than the session; see `cookieLifetime`.
 */
function computeLongestLife(settings: Settings): number {
  const lifetime = Math.max(settingOf(settings, "lifetime"), settingOf(settings, "rememberFor"));
  const cookie = isInStore(settings) ? Math.ceil(lifetime * 1.1) : lifetime;
  return Math.max(cookie, computeTokensLife(settings)) + settingOf(settings, "clockSkew");
}

/** Returns the longest life of a provider's tokens, which are sealed at the sign-in; 0 if none are kept. */
function computeTokensLife(settings: Settings): number {
  if (!settingOf(settings, "keepTokens")) return 0;
  const { flask, absoluteLifetime } = settings;
  const absolute = absoluteLifetime ?? (flask ? NEVER : settingOf(settings, "absoluteLifetime"));
  return Number.isFinite(absolute) ? absolute : LONGEST;
}
