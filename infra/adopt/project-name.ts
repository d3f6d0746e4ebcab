import { checkSettings } from "../settings/read-settings.ts";
import { SettingError } from "../settings/setting-error.ts";
import { AdoptionError } from "./adoption-error.ts";

/** The names of a project. */
export interface ProjectName {
  /** The name for npm, such as `web-shop` or `@acme/web-shop`. */
  readonly npm: string;
  /** The name of the CloudFormation stack, such as `WebShop`. */
  readonly stack: string;
}

/** Names for npm from which a stack can be named. npm itself allows more. */
const NPM_NAME = /^(@[a-z\d][a-z\d-]*\/)?[a-z][a-z\d]*(-[a-z\d]+)*$/;

/**
 * npm allows 214 characters and CloudFormation 128, of which some are needed for suffixes such as
 * `-delivery`.
 */
const LONGEST_NAME = 100;

/**
 * Returns the names of a project.
 *
 * @param stack default: the words of the npm name, without its scope, in Pascal case
 * @throws AdoptionError for a name that is not allowed
 */
export function projectName(npm: string, stack: string = stackNameFor(npm)): ProjectName {
  if (!NPM_NAME.test(npm) || npm.length > LONGEST_NAME)
    throw new AdoptionError(
      `The name must have lower-case letters, digits and single hyphens, begin with a letter and have at most ${LONGEST_NAME} characters, such as web-shop or @acme/web-shop, not ${JSON.stringify(npm)}.`,
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
