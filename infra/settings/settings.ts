import {
  COOKIE_SETTINGS,
  type OptionsOf,
  type OptionTable,
  oneOf,
  option,
  SESSION_SETTINGS,
  type ValueOf,
} from "lambda-sessions/settings";
import { STACK_SETTINGS } from "./stack-settings.ts";

const { cookie: _, ...SESSION } = SESSION_SETTINGS;

type CookieSettings = {
  readonly [Name in keyof typeof COOKIE_SETTINGS as `cookie${Capitalize<Name>}`]: (typeof COOKIE_SETTINGS)[Name];
};

/** Returns the library's cookie settings under their names in this project: `name` becomes `cookieName`. */
function cookieSettings(): CookieSettings {
  const renamed = Object.entries(COOKIE_SETTINGS).map(([name, setting]) => [toCookieSetting(name), setting]);
  return Object.fromEntries(renamed);
}

function toCookieSetting(name: string): string {
  return `cookie${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/**
 * Every setting, by its name as a property of `SessionStack` and as CDK context (`-c NAME=VALUE`, or
 * `context` in cdk.json). The library declares the settings of the session. To add a setting, add it here and
 * to the table of docs/settings.md, with its doc comment as its meaning.
 */
export const SETTINGS = {
  /**
   * Where sessions are kept: in the visitor's signed cookie; in such a cookie beside a table that lists each
   * user's sessions, so that they can be revoked; or in a DynamoDB table.
   */
  storage: option(oneOf(["cookie", "revocable-cookie", "dynamodb"]), "cookie"),
  ...SESSION,
  ...cookieSettings(),
  ...STACK_SETTINGS,
} satisfies OptionTable;

/** Name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** Settings as given. Each is optional; absent ones have their default. */
export type Settings = OptionsOf<typeof SETTINGS>;

/** Returns the value of a setting, or its default. */
export function settingOf<Name extends SettingName>(
  settings: Settings,
  name: Name,
): ValueOf<(typeof SETTINGS)[Name]["kind"]> | (typeof SETTINGS)[Name]["default"] {
  return (settings[name] ?? SETTINGS[name].default) as ValueOf<(typeof SETTINGS)[Name]["kind"]>;
}

/**
 * Names of settings by their path in the library's `SessionSettings`, such as `lifetime` or `cookie.name`.
 */
export const SESSION_PLACES: ReadonlyMap<string, string> = new Map([
  ...Object.keys(SESSION).map((name) => [name, name] as const),
  ...Object.keys(COOKIE_SETTINGS).map((name) => [`cookie.${name}`, toCookieSetting(name)] as const),
]);

/**
 * Returns the stack's name. By default each stage has a stack of its own, so that a deployment without
 * `stage=prod` does not remove the protection of a production stack.
 */
export function chooseStackName(settings: Settings): string {
  const { default: name } = SETTINGS.stackName;
  return settings.stackName ?? (settingOf(settings, "stage") === "prod" ? `${name}-prod` : name);
}
