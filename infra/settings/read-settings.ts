import type { OptionKind } from "lambda-sessions/settings";
import { nearestName } from "./nearest-name.ts";
import { SettingError } from "./setting-error.ts";
import { SETTINGS, type SettingName, type Settings } from "./settings.ts";

const NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** Context that the CDK's own commands write under a plain name: `cdk acknowledge`. */
const NOT_OURS = ["acknowledged-issue-numbers"];

/** Settings of earlier versions, with the setting that replaces each. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["store", "storage=cookie or storage=dynamodb"],
  ["revocation", "storage=revocable-cookie"],
]);

/**
 * Returns the settings in a CDK app's context. It also holds feature flags and results of lookups: names with
 * `@`, `/` or `:` in them are ignored.
 *
 * @throws SettingError for a name that is no setting (with the nearest one), and for a value that is not
 * allowed
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  refuseReplaced(context);
  refuseUnknown(context, NAMES, "docs/settings.md");
  return checkSettings(context);
}

/**
 * Returns the settings among other values, such as a stack's props, each in its own type. Values that are
 * undefined count as absent.
 *
 * @throws SettingError for a value that is not allowed
 */
export function checkSettings(values: Readonly<Record<string, unknown>>): Settings {
  refuseReplaced(values);
  const given = NAMES.filter((name) => values[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => [name, readSetting<unknown>(name, SETTINGS[name].kind, values[name])]),
  );
}

/**
 * Returns the value of one setting. The command line gives strings, cdk.json and code give values of any
 * type; both are read.
 *
 * @throws SettingError when it is not allowed
 */
export function readSetting<T>(name: string, kind: OptionKind<T>, given: unknown): T {
  const value = readings(given).find((reading) => kind.includes(reading));
  if (value === undefined)
    throw new SettingError(`The setting ${name} must be ${kind.allowed}, not ${JSON.stringify(given)}.`);
  return value;
}

/** Returns the values that a given one may stand for: itself, and what a string spells. */
function readings(given: unknown): readonly unknown[] {
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
 * Rejects a context with a name that is no setting.
 *
 * @param page the page that lists all settings
 * @throws SettingError that names the nearest one
 */
export function refuseUnknown(context: object, names: readonly string[], page: string): void {
  for (const name of Object.keys(context)) {
    if (/[@/:]/.test(name) || NOT_OURS.includes(name) || names.includes(name)) continue;
    const nearest = nearestName(name, names);
    throw new SettingError(
      `There is no setting ${name}; did you mean ${nearest}? ${page} lists all settings.`,
    );
  }
}

function refuseReplaced(given: Readonly<Record<string, unknown>>): void {
  for (const [name, replacement] of REPLACED)
    if (given[name] !== undefined)
      throw new SettingError(
        `The setting ${name} was replaced by storage: use ${replacement}. docs/settings.md lists all settings.`,
      );
}
