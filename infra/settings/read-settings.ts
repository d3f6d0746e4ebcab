import { nearestName } from "./nearest-name.ts";
import { SettingError } from "./setting-error.ts";
import type { SettingKind } from "./setting-kind.ts";
import { SETTINGS, type SettingName, type Settings } from "./settings.ts";

const NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** Context that the CDK's own commands keep under a bare name: `cdk acknowledge`. */
const NOT_OURS = ["acknowledged-issue-numbers"];

/** Settings of earlier versions, with the setting that replaces each. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["store", "storage=cookie or storage=dynamodb"],
  ["revocation", "storage=revocable-cookie"],
]);

/**
 * The settings among a CDK app's context, which also holds feature flags and what lookups found: names with
 * `@`, `/` or `:` in them are left alone.
 *
 * @throws SettingError for a name that is no setting (with the nearest one), and for a value that is not allowed.
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  refuseReplaced(context);
  refuseUnknown(context, NAMES, "docs/settings.md");
  return checkSettings(context);
}

/**
 * The settings among other values, such as a stack's props, each in its own type. Values that are undefined
 * count as absent.
 *
 * @throws SettingError for a value that is not allowed.
 */
export function checkSettings(values: Readonly<Record<string, unknown>>): Settings {
  refuseReplaced(values);
  const given = NAMES.filter((name) => values[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => [name, readSetting<unknown>(name, SETTINGS[name].kind, values[name])]),
  );
}

/**
 * The value of one setting.
 *
 * @throws SettingError when it is not allowed.
 */
export function readSetting<T>(name: string, kind: SettingKind<T>, given: unknown): T {
  const value = kind.read(given);
  if (value === undefined)
    throw new SettingError(`The setting ${name} must be ${kind.allowed}, not ${JSON.stringify(given)}.`);
  return value;
}

/**
 * Refuses a context with a name that is no setting.
 *
 * @param page where all settings are told
 * @throws SettingError that names the nearest one
 */
export function refuseUnknown(context: object, names: readonly string[], page: string): void {
  for (const name of Object.keys(context)) {
    if (/[@/:]/.test(name) || NOT_OURS.includes(name) || names.includes(name)) continue;
    const nearest = nearestName(name, names);
    throw new SettingError(`There is no setting ${name}; did you mean ${nearest}? ${page} lists them all.`);
  }
}

function refuseReplaced(given: Readonly<Record<string, unknown>>): void {
  for (const [name, replacement] of REPLACED)
    if (given[name] !== undefined)
      throw new SettingError(
        `The setting ${name} was replaced by storage: use ${replacement}. docs/settings.md lists all settings.`,
      );
}
