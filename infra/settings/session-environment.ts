import { OptionError, resolveSettings, type SessionSettings } from "lambda-sessions";
import { SESSION_PLACES } from "./session-places.ts";
import { refuseIdleSettings } from "./session-storage.ts";
import { createContradiction, type SettingError } from "./setting-error.ts";
import { type SettingName, type Settings, settingOf } from "./settings.ts";

/** Value with its path in `SessionSettings`, such as `cookie.name`. */
type Placed = readonly [path: string, value: unknown];

/**
 * Returns the environment variables that pass the settings to the functions: `SESSION_SETTINGS`,
 * `SESSION_TRUSTED_ORIGINS` and `SESSION_CROSS_ORIGIN_PROTECTION`. Omits variables that would only contain
 * defaults.
 *
 * @throws SettingError if settings contradict each other
 */
export function toSessionEnvironment(settings: Settings): Record<string, string> {
  const session = omitDefaults(listSessionValues(settings));
  const publicOrigin = settingOf(settings, "publicOrigin");
  const origins = [...settingOf(settings, "trustedOrigins"), ...(publicOrigin ? [publicOrigin] : [])];
  return {
    ...(session.length > 0 && { SESSION_SETTINGS: JSON.stringify(nest(session)) }),
    ...(origins.length > 0 && { SESSION_TRUSTED_ORIGINS: JSON.stringify(origins) }),
    ...(!settingOf(settings, "crossOriginProtection") && { SESSION_CROSS_ORIGIN_PROTECTION: "false" }),
  };
}

/**
 * Rejects settings that contradict each other, such as `cookieSameSite=none` with `cookieSecure=false`, or
 * `renewAfter` with `storage=cookie`.
 *
 * @throws SettingError in one sentence. Errors of the library are rewritten with the names of the settings.
 */
export function refuseContradictions(settings: Settings): void {
  refuseIdleSettings(settings);
  try {
    resolveSettings(nest(listSessionValues(settings)));
  } catch (error) {
    throw error instanceof OptionError ? translateError(error, settings) : error;
  }
}

function listSessionValues(settings: Settings): Placed[] {
  return [...SESSION_PLACES].flatMap(([path, name]) => {
    const value = settings[name as SettingName];
    return value === undefined ? [] : [[path, value]];
  });
}

function omitDefaults(values: readonly Placed[]): readonly Placed[] {
  const { flask = false } = nest(values);
  const { cookie, ...defaults } = resolveSettings({ flask });
  const cookieDefaults = Object.entries(cookie).map(([name, value]): Placed => [`cookie.${name}`, value]);
  const known = new Map<string, unknown>([["flask", false], ...Object.entries(defaults), ...cookieDefaults]);
  return values.filter(([path, value]) => known.get(path) !== value);
}

/** Nests the values: `cookie.name` becomes `{ cookie: { name } }`. */
function nest(values: readonly Placed[]): SessionSettings {
  const settings: Record<string, unknown> = {};
  const cookie: Record<string, unknown> = {};
  for (const [path, value] of values) {
    if (path.startsWith("cookie.")) cookie[path.slice("cookie.".length)] = value;
    else settings[path] = value;
  }
  return Object.keys(cookie).length > 0 ? { ...settings, cookie } : settings;
}

function translateError(error: OptionError, settings: Settings): SettingError {
  const name = SESSION_PLACES.get(error.option);
  const problem = error.message.slice(`${error.option}: `.length);
  const translate = (path: string) => SESSION_PLACES.get(path) ?? path;
  return createContradiction(
    translate(error.option),
    settings[name as SettingName],
    problem.replace(/cookie\.\w+/g, translate),
  );
}
