import { IN_COOKIES, storageOf } from "./session-storage.ts";
import { createContradiction } from "./setting-error.ts";
import { type SettingName, type Settings, settingOf } from "./settings.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Assurance level of NIST SP 800-63B-4. */
type Assurance = NonNullable<Settings["assurance"]>;

/**
 * Maximum of settings in seconds by level: the overall and the inactivity timeout of NIST SP 800-63B-4,
 * sections 2.1.3, 2.2.3 and 2.3.3. A remembered session has no inactivity timeout of its own, so that of the
 * level bounds `rememberFor`. The level aal1 has no inactivity timeout. NIST has no number for
 * `freshFor`: that of the inactivity timeout is used, and an hour for aal1.
 */
const LIMITS = {
  aal1: { absoluteLifetime: 30 * DAY, rememberFor: 30 * DAY, freshFor: HOUR },
  aal2: { absoluteLifetime: DAY, lifetime: HOUR, rememberFor: HOUR, freshFor: HOUR },
  aal3: {
    absoluteLifetime: 12 * HOUR,
    lifetime: 15 * MINUTE,
    rememberFor: 15 * MINUTE,
    freshFor: 15 * MINUTE,
  },
} as const satisfies Record<Assurance, Partial<Record<SettingName, number>>>;

/** Settings that every level needs, and the reason (NIST SP 800-63B-4, sections 2.1.3, 5.1 and 5.1.1). */
const NEEDS = [
  ["flask", false, "its lifetimes are definite and its cookies are sealed"],
  ["cookieSecure", true, "its cookies are sent over HTTPS only"],
  ["crossOriginProtection", true, "it refuses requests that other sites forge"],
] as const satisfies readonly (readonly [SettingName, boolean, string])[];

/** Needed where the data is in the cookie, because the user's name is a part of it. */
const SEALED = ["encrypt", true, "its cookies contain no personal information in cleartext"] as const;

/** Default where the data is in the cookie: reading prolongs a permanent session only, and use must (5.2). */
const PROLONGED = { permanent: true } as const;

/**
 * Returns the settings with those of the assurance level, if `assurance` names one. Settings that are given
 * may be stricter than the level.
 *
 * @throws SettingError that names the level and a setting that is less strict
 */
export function applyAssurance(settings: Settings): Settings {
  const level = settingOf(settings, "assurance");
  if (level === undefined) return settings;
  for (const [name, most] of Object.entries(LIMITS[level])) {
    const value = settings[name as SettingName];
    if (typeof value === "number" && value > most)
      throw createContradiction(name, value, `may be at most ${most} with assurance=${level}`);
  }
  const isInCookie = IN_COOKIES.includes(storageOf(settings));
  const needs = isInCookie ? [...NEEDS, SEALED] : NEEDS;
  for (const [name, needed, reason] of needs)
    if ((settings[name] ?? needed) !== needed)
      throw createContradiction(name, settings[name], `contradicts assurance=${level}: ${reason}`);
  const { rememberFor } = LIMITS[level];
  return {
    ...LIMITS[level],
    // Visitors ask to be remembered. They cannot exceed what the operator set.
    rememberFor: Math.min(rememberFor, settings.absoluteLifetime ?? rememberFor),
    ...(isInCookie && level !== "aal1" && PROLONGED),
    ...Object.fromEntries(needs.map(([name, needed]) => [name, needed])),
    ...settings,
  };
}
