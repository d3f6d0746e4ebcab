import {
  type OptionsOf,
  type OptionTable,
  oneOf,
  option,
  SESSION_SETTINGS,
  type ValueOf,
} from "lambda-sessions/settings";
import { cookieSettings } from "./session-places.ts";
import { STACK_SETTINGS } from "./stack-settings.ts";

const { cookie: _, ...SESSION } = SESSION_SETTINGS;

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
