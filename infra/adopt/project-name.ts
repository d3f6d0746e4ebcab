import { checkSettings } from "../settings/read-settings.ts";
import { SettingError } from "../settings/setting-error.ts";
import { AdoptionError } from "./adoption-error.ts";

/** What a project is called. */
export interface ProjectName {
  /** As npm has it, such as `web-shop` or `@acme/web-shop`. */
  readonly npm: string;
  /** As CloudFormation has it, such as `WebShop`. */
  readonly stack: string;
}

/** Names that are good for npm and give a name of a stack: npm itself allows some more. */
const NPM_NAME = /^(@[a-z\d][a-z\d-]*\/)?[a-z][a-z\d]*(-[a-z\d]+)*$/;

/** The most that npm allows is 214; a name of a stack has 128, and some of them go to what is appended. */
const LONGEST_NAME = 100;

/**
 * The names of a project.
 *
 * @param stack default: the words of the name, without its scope, written together with capitals
 * @throws AdoptionError with one sentence, when a name is not allowed
 */
export function projectName(npm: string, stack: string = stackNameFor(npm)): ProjectName {
  if (!NPM_NAME.test(npm) || npm.length > LONGEST_NAME)
    throw new AdoptionError(
      `The name must be small letters, digits and single hyphens, begin with a letter and have at most ${LONGEST_NAME} characters, such as web-shop or @acme/web-shop, and ${JSON.stringify(npm)} is not.`,
    );
  assertStackName(stack);
  return { npm, stack };
}

function stackNameFor(npm: string): string {
  const words = npm.replace(/^.*\//, "").split("-");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function assertStackName(stackName: string): void {
  try {
    checkSettings({ stackName });
  } catch (error) {
    throw error instanceof SettingError ? new AdoptionError(error.message) : error;
  }
}
