import type { OptionKind } from "lambda-sessions/settings";
import { findNearestName } from "./nearest-name.ts";
import { SettingError } from "./setting-error.ts";
import { SETTINGS, type SettingName, type Settings } from "./settings.ts";

const NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** Context keys that the CDK's own commands write under a plain name: `cdk acknowledge`. */
const NOT_OURS = ["acknowledged-issue-numbers"];

/** Settings of earlier versions, with their replacements. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["store", "storage=cookie or storage=dynamodb"],
  ["revocation", "storage=revocable-cookie"],
]);

/**
 * Returns the settings in a CDK app's context. Ignores names that contain `@`, `/` or `:`, which are feature
 * flags and results of lookups.
 *
 * @throws SettingError for an unknown name (with the nearest known one) and for an invalid value
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  refuseReplaced(context);
  refuseUnknown(context, NAMES, "docs/settings.md");
  return checkSettings(context);
}

/**
 * Returns the settings among other values, such as a stack's properties, each in its own type. Ignores values
 * that are undefined.
 *
 * @throws SettingError for an invalid value
 */
export function checkSettings(values: Readonly<Record<string, unknown>>): Settings {
  refuseReplaced(values);
  const given = NAMES.filter((name) => values[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => [name, readSetting<unknown>(name, SETTINGS[name].kind, values[name])]),
  );
}

/**
 * Returns the value of one setting. Reads strings of the command line, and values of any type from cdk.json
 * and code.
 *
 * @throws SettingError for an invalid value
 */
export function readSetting<T>(name: string, kind: OptionKind<T>, given: unknown): T {
  const value = listReadings(given).find((reading) => kind.includes(reading));
  if (value === undefined)
    throw new SettingError(`The setting ${name} must be ${kind.allowed}, not ${JSON.stringify(given)}.`);
  return value;
}

/** Returns the values that a given one may represent: itself, and the value that a string spells. */
function listReadings(given: unknown): readonly unknown[] {
  if (typeof given !== "string") return [given];
  if (/^(true|false|\d+)$/.test(given)) return [given, JSON.parse(given)];
  return [given, parseArray(given)];
}

function parseArray(text: string): unknown {
  if (!text.trim().startsWith("[")) return text.split(",").map((one) => one.trim());
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Rejects a context with an unknown setting.
 *
 * @param page page that lists all settings
 * @throws SettingError that names the nearest known setting
 */
export function refuseUnknown(context: object, names: readonly string[], page: string): void {
  for (const name of Object.keys(context)) {
    if (/[@/:]/.test(name) || NOT_OURS.includes(name) || names.includes(name)) continue;
    const nearest = findNearestName(name, names);
    throw new SettingError(
      `There is no setting ${name}. Did you mean ${nearest}? ${page} lists all settings.`,
    );
  }
}

function refuseReplaced(given: Readonly<Record<string, unknown>>): void {
  for (const [name, replacement] of REPLACED)
    if (given[name] !== undefined)
      throw new SettingError(
        `The setting ${name} was replaced by storage. Use ${replacement}. docs/settings.md lists all settings.`,
      );
}
