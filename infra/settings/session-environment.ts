import { OptionError, resolveSettings, type SessionSettings } from "lambda-sessions";
import { SESSION_PLACES } from "./session-places.ts";
import { refuseIdleSettings } from "./session-storage.ts";
import { SettingError } from "./setting-error.ts";
import { type SettingName, type Settings, settingOf } from "./settings.ts";

/** A value and where it goes in `SessionSettings`, such as `cookie.name`. */
type Placed = readonly [path: string, value: unknown];

/**
 * The settings as the functions read them from their environment: `SESSION_SETTINGS`,
 * `SESSION_TRUSTED_ORIGINS` and `SESSION_CROSS_ORIGIN_PROTECTION`, each absent where nothing differs from the
 * defaults.
 *
 * @throws SettingError when settings contradict each other.
 */
export function sessionEnvironment(settings: Settings): Record<string, string> {
  const session = withoutDefaults(sessionValues(settings));
  const publicOrigin = settingOf(settings, "publicOrigin");
  const origins = [...settingOf(settings, "trustedOrigins"), ...(publicOrigin ? [publicOrigin] : [])];
  return {
    ...(session.length > 0 && { SESSION_SETTINGS: JSON.stringify(nested(session)) }),
    ...(origins.length > 0 && { SESSION_TRUSTED_ORIGINS: JSON.stringify(origins) }),
    ...(!settingOf(settings, "crossOriginProtection") && { SESSION_CROSS_ORIGIN_PROTECTION: "false" }),
  };
}

/**
 * Rejects settings that contradict each other, such as `cookieSameSite=none` with `cookieSecure=false`, or
 * `renewAfter` with `storage=cookie`.
 *
 * @throws SettingError with one sentence: the session layer's own, in the names of the settings here, or this
 * one's.
 */
export function refuseContradictions(settings: Settings): void {
  refuseIdleSettings(settings);
  try {
    resolveSettings(nested(sessionValues(settings)));
  } catch (error) {
    throw error instanceof OptionError ? translated(error, settings) : error;
  }
}

function sessionValues(settings: Settings): Placed[] {
  return [...SESSION_PLACES].flatMap(([path, name]) => {
    const value = settings[name as SettingName];
    return value === undefined ? [] : [[path, value]];
  });
}

function withoutDefaults(values: readonly Placed[]): readonly Placed[] {
  const { flask = false } = nested(values);
  const { cookie, ...defaults } = resolveSettings({ flask });
  const cookieDefaults = Object.entries(cookie).map(([name, value]): Placed => [`cookie.${name}`, value]);
  const known = new Map<string, unknown>([["flask", false], ...Object.entries(defaults), ...cookieDefaults]);
  return values.filter(([path, value]) => known.get(path) !== value);
}

/** `cookie.name` becomes `{ cookie: { name } }`. */
function nested(values: readonly Placed[]): SessionSettings {
  const settings: Record<string, unknown> = {};
  const cookie: Record<string, unknown> = {};
  for (const [path, value] of values) {
    if (path.startsWith("cookie.")) cookie[path.slice("cookie.".length)] = value;
    else settings[path] = value;
  }
  return Object.keys(cookie).length > 0 ? { ...settings, cookie } : settings;
}

function translated(error: OptionError, settings: Settings): SettingError {
  const name = SESSION_PLACES.get(error.option);
  const got = settings[name as SettingName];
  const value = got === undefined ? "its default" : JSON.stringify(got);
  const problem = error.message.slice(`${error.option}: `.length);
  const translate = (path: string) => SESSION_PLACES.get(path) ?? path;
  return new SettingError(
    `The setting ${translate(error.option)} cannot be ${value}: it ${problem.replace(/cookie\.\w+/g, translate)}.`,
  );
}
