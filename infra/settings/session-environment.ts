import { OptionError, type ResolvedSettings, resolveSettings, type SessionSettings } from "lambda-sessions";
import type { RouteKey } from "../routes.ts";
import { refuseIdleSettings } from "./session-storage.ts";
import { refuseBrokenTransport } from "./session-transport.ts";
import { createContradiction, type SettingError } from "./setting-error.ts";
import { SESSION_PLACES, SETTINGS, type SettingName, type Settings, settingOf } from "./settings.ts";

/** Value with its path in `SessionSettings`, such as `cookie.name`. */
type Placed = readonly [path: string, value: unknown];

/**
 * Returns the environment variables that pass the settings to the functions: `SESSION_SETTINGS`,
 * `SESSION_TRUSTED_ORIGINS`, `SESSION_CROSS_ORIGIN_PROTECTION`, `SESSION_TRANSPORT` and `SESSION_FRESH_FOR`.
 * Omits variables that would only contain defaults.
 *
 * @throws SettingError if settings contradict each other
 */
export function toSessionEnvironment(settings: Settings): Record<string, string> {
  const session = omitDefaults(listSessionValues(settings));
  const publicOrigin = settingOf(settings, "publicOrigin");
  const transport = settingOf(settings, "sessionTransport");
  const freshFor = settingOf(settings, "freshFor");
  const origins = [...settingOf(settings, "trustedOrigins"), ...(publicOrigin ? [publicOrigin] : [])];
  return {
    ...(session.length > 0 && { SESSION_SETTINGS: JSON.stringify(nest(session)) }),
    ...(origins.length > 0 && { SESSION_TRUSTED_ORIGINS: JSON.stringify(origins) }),
    ...(!settingOf(settings, "crossOriginProtection") && { SESSION_CROSS_ORIGIN_PROTECTION: "false" }),
    ...(transport !== SETTINGS.sessionTransport.default && { SESSION_TRANSPORT: transport }),
    ...(freshFor !== SETTINGS.freshFor.default && { SESSION_FRESH_FOR: `${freshFor}` }),
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
  refuseBrokenTransport(settings);
  const { cookie, renewAfter, absoluteLifetime, rememberFor } = resolve(settings);
  if (cookie.partitioned && cookie.sameSite !== "none")
    throw createContradiction(
      "cookiePartitioned",
      true,
      "needs cookieSameSite=none, because browsers send no other cookie to a page that another site embeds",
    );
  const longest = Math.max(absoluteLifetime, rememberFor);
  if (renewAfter >= longest && Number.isFinite(renewAfter))
    throw createContradiction(
      "renewAfter",
      renewAfter,
      `must be less than ${longest}, the seconds after which every session has ended`,
    );
}

/** Returns the settings of sessions as the functions resolve them. */
function resolve(settings: Settings): ResolvedSettings {
  try {
    return resolveSettings(nest(listSessionValues(settings)));
  } catch (error) {
    throw error instanceof OptionError ? translateError(error, settings) : error;
  }
}

/**
 * Rejects a `cookiePath` above no route, because no function would receive the cookie.
 *
 * @param routeKeys the routes of functions with a session
 * @throws SettingError that names the setting
 */
export function refuseUnusedPath(settings: Settings, routeKeys: readonly RouteKey[]): void {
  const path = settingOf(settings, "cookiePath");
  if (path === "/" || routeKeys.some((key) => mayBeBelow(path, key))) return;
  throw createContradiction(
    "cookiePath",
    path,
    "is above no route with a session. Choose one, or leave it out",
  );
}

/** Returns whether a route can match a path to which browsers send the cookie (RFC 6265, section 5.1.4). */
function mayBeBelow(cookiePath: string, routeKey: RouteKey): boolean {
  const [, path = "/{any+}"] = routeKey.split(" ");
  const parts = path.split("/");
  const greedy = parts.findIndex((part) => part.endsWith("+}"));
  return cookiePath.split("/").every((wanted, index) => {
    const part = index > greedy && greedy > 0 ? wanted : parts[index];
    return part !== undefined && (wanted === "" || part === wanted || part.startsWith("{"));
  });
}

function listSessionValues(settings: Settings): Placed[] {
  return [...SESSION_PLACES].flatMap(([path, name]) => {
    const value = settings[name as SettingName];
    return value === undefined ? [] : [[path, value]];
  });
}

function omitDefaults(values: readonly Placed[]): readonly Placed[] {
  const { flask = false, absoluteLifetime } = nest(values);
  const { cookie, ...defaults } = resolveSettings({ flask });
  // Its default depends on another setting.
  const { rememberFor } = resolveSettings({ flask, ...(absoluteLifetime && { absoluteLifetime }) });
  const cookieDefaults = Object.entries(cookie).map(([name, value]): Placed => [`cookie.${name}`, value]);
  // These are the defaults that `flask` selects, so that itself is compared with its own default.
  const known = new Map<string, unknown>([
    ...Object.entries(defaults),
    ...cookieDefaults,
    ["flask", false],
    ["rememberFor", rememberFor],
  ]);
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
