import { nearestName } from "./nearest-name.ts";
import { SettingError } from "./setting-error.ts";
import { SETTINGS, type SettingName, type Settings } from "./settings.ts";

const NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** Context that the CDK's own commands keep under a bare name: `cdk acknowledge`. */
const NOT_OURS = ["acknowledged-issue-numbers"];

/**
 * The settings among a CDK app's context, which also holds feature flags and what lookups found: names with
 * `@`, `/` or `:` in them are left alone.
 *
 * @throws SettingError for a name that is no setting (with the nearest one), and for a value that is not allowed.
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  for (const name of Object.keys(context)) {
    if (!/[@/:]/.test(name) && !NOT_OURS.includes(name)) refuseUnknown(name);
  }
  return checkSettings(context);
}

/**
 * The settings among other values, such as a stack's props, each in its own type. Values that are undefined
 * count as absent.
 *
 * @throws SettingError for a value that is not allowed.
 */
export function checkSettings(values: Readonly<Record<string, unknown>>): Settings {
  const given = NAMES.filter((name) => values[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, readOne(name, values[name])]));
}

function readOne(name: SettingName, given: unknown): unknown {
  const { kind } = SETTINGS[name];
  const value = kind.read(given);
  if (value === undefined)
    throw new SettingError(`The setting ${name} must be ${kind.allowed}, not ${JSON.stringify(given)}.`);
  return value;
}

function refuseUnknown(name: string): void {
  if (Object.hasOwn(SETTINGS, name)) return;
  throw new SettingError(
    `There is no setting ${name}; did you mean ${nearestName(name, NAMES)}? docs/settings.md lists them all.`,
  );
}
