import { SETTINGS, type Settings, settingOf } from "./settings.ts";

/**
 * Returns the stack's name. By default each stage has a stack of its own, so that a deployment without
 * `stage=prod` does not remove the protection of a production stack.
 */
export function chooseStackName(settings: Settings): string {
  const { default: name } = SETTINGS.stackName;
  return settings.stackName ?? (settingOf(settings, "stage") === "prod" ? `${name}-prod` : name);
}
