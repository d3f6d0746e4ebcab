import { SETTINGS, type Settings, settingOf } from "./settings.ts";

/**
 * The stack's name. Unless it is given, each stage has a stack of its own: a deployment that forgets
 * `stage=prod` does not strip a production of its guards.
 */
export function stackNameOf(settings: Settings): string {
  const { default: name } = SETTINGS.stackName;
  return settings.stackName ?? (settingOf(settings, "stage") === "prod" ? `${name}-prod` : name);
}
