import { OptionError } from "./option-error.ts";

/**
 * Checks arguments and options that must be functions, because a caller without types would see the mistake
 * only at the first request.
 *
 * @param functions by the names of the arguments and options. In the place of an object is its method
 * @param allowed completes the sentence "must be …". Default: "a function"
 * @throws OptionError that names the first one that is no function
 */
export function assertFunctions(functions: Readonly<Record<string, unknown>>, allowed = "a function"): void {
  for (const name in functions)
    if (typeof functions[name] !== "function") throw new OptionError(name, `must be ${allowed}`);
}
