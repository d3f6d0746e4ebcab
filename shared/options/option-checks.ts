import { OptionError } from "./option-error.ts";

/** What is wrong with a value, as the rest of a sentence that begins with the option's name; else `undefined`. */
export type OptionCheck = (value: unknown) => string | undefined;

/** @returns the check that a value is true or false */
export const isFlag: OptionCheck = (value) =>
  typeof value === "boolean" ? undefined : "must be true or false";

/** @returns the check that a value is a text with something in it */
export const isText: OptionCheck = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be a text that is not empty";

/** @returns the check that a value is one of some texts */
export function isOneOf(allowed: readonly string[]): OptionCheck {
  return (value) => (allowed.includes(value as string) ? undefined : `must be one of ${allowed.join(", ")}`);
}

/** @returns the check that a value is a whole number of seconds, from `least` to `most` */
export function isSeconds(least: number, most: number): OptionCheck {
  return isWhole(least, most, "a whole number of seconds");
}

/** @returns the check that a value is a whole number from `least` to `most`; `what` calls it */
export function isWhole(least: number, most: number, what = "a whole number"): OptionCheck {
  const problem = `must be ${what} from ${least} to ${most}`;
  return (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most ? undefined : problem;
}

/**
 * Checks every option that is given.
 *
 * @param prefix stands before the names in errors, such as `cookie.`
 * @throws OptionError for the first that is wrong or unknown
 */
export function checkOptions(
  options: object,
  checks: Readonly<Record<string, OptionCheck>>,
  prefix = "",
): void {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    const problem = check === undefined ? "there is no such setting" : check(value);
    if (problem !== undefined) throw new OptionError(prefix + name, problem);
  }
}
