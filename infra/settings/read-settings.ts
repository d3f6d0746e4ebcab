import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { OptionKind } from "lambda-sessions/settings";
import { SettingError } from "./setting-error.ts";
import { SETTINGS, type SettingName, type Settings } from "./settings.ts";

const NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** Settings of earlier versions, with their replacements. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["store", "storage=cookie or storage=dynamodb"],
  ["revocation", "storage=revocable-cookie"],
]);

/**
 * Returns the settings in a CDK app's context, which the app shares with the CDK's commands and with other
 * constructs.
 *
 * @throws SettingError for a misspelled name and for an invalid value
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  refuseReplaced(context);
  refuseMisspelled(context, NAMES, "docs/settings.md");
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
  if (/^(true|false|0|[1-9]\d*)$/.test(given)) return [given, JSON.parse(given)];
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
 * Rejects a context with a misspelled setting, and warns of other unknown names. Ignores names that contain
 * `@`, `/` or `:`, which are feature flags and results of lookups, and all names of `cdk.context.json`, to
 * which the CDK's commands write under plain names (`cdk acknowledge`, `cdk cli-telemetry`).
 *
 * @param page page that lists all settings
 * @throws SettingError that names the nearest known setting
 */
export function refuseMisspelled(context: object, names: readonly string[], page: string): void {
  const known = new Set([...names, ...namesOfCommands()]);
  for (const name of Object.keys(context)) {
    if (/[@/:]/.test(name) || known.has(name)) continue;
    const nearest = findNearestName(name, names);
    if (nearest === undefined)
      console.warn(`The context contains ${name}, which is no setting. ${page} lists all settings.`);
    else
      throw new SettingError(
        `There is no setting ${name}. Did you mean ${nearest}? ${page} lists all settings.`,
      );
  }
}

/**
 * Returns the names in `cdk.context.json` of the working directory, which is the project's as the CDK runs
 * it. Accepts a byte order mark, as the CDK does.
 */
function namesOfCommands(): readonly string[] {
  const file = resolve("cdk.context.json");
  if (!existsSync(file)) return [];
  return Object.keys(JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, "")) as object);
}

function refuseReplaced(given: Readonly<Record<string, unknown>>): void {
  for (const [name, replacement] of REPLACED)
    if (given[name] !== undefined)
      throw new SettingError(
        `The setting ${name} was replaced by storage. Use ${replacement}. docs/settings.md lists all settings.`,
      );
}

/**
 * Returns the known name that a misspelled one most likely means: the first that contains it as its greater
 * part, or else the one with the smallest edit distance (Levenshtein). Ignores case, hyphens and underscores.
 *
 * @returns undefined if the name differs so much that it may be meant for somebody else
 */
function findNearestName(name: string, known: readonly string[]): string | undefined {
  const given = normalize(name);
  const containing = known.find((one) => normalize(one).includes(given) && given.length * 2 >= one.length);
  if (containing !== undefined) return containing;
  const distances = known.map((candidate) => measureDistance(given, normalize(candidate)));
  const smallest = Math.min(...distances);
  return smallest <= (given.length + 1) / 3 ? known[distances.indexOf(smallest)] : undefined;
}

function normalize(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

function measureDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) row = computeNextRow(row, index + 1, letter, to);
  return row.at(-1) ?? 0;
}

function computeNextRow(above: readonly number[], first: number, letter: string, to: string): number[] {
  const row = [first];
  for (let column = 1; column <= to.length; column++) {
    const replaced = (above[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
    row.push(Math.min(replaced, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1));
  }
  return row;
}
